// The table of connections: the server chooses which ones, the reader filters and sorts them.

import { byId, element, setText } from './dom.mjs';
import * as format from './format.mjs';

export const kOrders = [['newest', 'Newest'], ['bytes', 'Busiest'], ['age', 'Oldest'], ['idle', 'Idlest']];
export const kMost = 200;

const time = (seconds) => (seconds === null ? '–' : seconds < 1 ? format.text(format.time(seconds)) : format.duration(seconds));
const size = (number) => format.text(format.bytes(number));

/** As /threads counts it: any echo is on its way for a moment. */
const kStalledAfter = 0.1;

/** Its client does not take its echo, unless a fault of the server holds it back. */
const isStalled = ({ state, idle_seconds: idle, faults = [] }) => state === 'sending' && idle >= kStalledAfter && faults.length === 0;

export function stateWords(connection) {
  return isStalled(connection) ? 'does not read' : connection.state.replaceAll('_', ' ');
}

/** How many connections are shown of those that are open. `loaded` of them came with the last answer, which is `age` seconds old. */
export function noteOf({ open, loaded, chosen, order, isFiltered, age }) {
  if (open === 0) return 'none open. Start some with the commands under Try it.';
  const which = `the ${format.exact(loaded)} ${order}`;
  let note = format.exact(open);
  if (loaded < open) {
    note = isFiltered ? `${chosen === 0 ? 'none' : format.exact(chosen)} of ${which}; ${format.exact(open)} are open`
      : `${which}; ${format.exact(open)} are open`;
  } else if (isFiltered) {
    note = `${chosen === 0 ? 'none' : format.exact(chosen)} of ${format.exact(open)}`;
  }
  return age >= 5 ? `${note} · as of ${format.duration(age)} ago` : note;
}

export const kColumns = [
  { title: 'Connection', read: (c) => c.id, as: (value) => String(value), figure: true },
  { title: 'Client', read: (c) => (c.via ? `${c.peer} via ${c.via}` : c.peer), as: (value) => value },
  { title: 'Thread', read: (c) => c.thread_name ?? (c.thread === 0 ? 'none' : `tid ${c.thread}`), as: (value) => value },
  { title: 'State', read: stateWords, as: (value) => value },
  { title: 'Age', read: (c) => c.age_seconds, as: time, figure: true },
  { title: 'Idle', read: (c) => c.idle_seconds, as: time, figure: true },
  { title: 'Received', read: (c) => c.received_bytes, as: size, figure: true },
  { title: 'Echoed', read: (c) => c.echoed_bytes, as: size, figure: true },
  { title: 'Round trip', read: (c) => c.rtt_seconds, as: time, figure: true },
];

/** The connections that contain every word of `filter` in client, state or thread. */
export function filtered(connections, filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return connections.filter((connection) => {
    const text = [1, 2, 3].map((i) => kColumns[i].as(kColumns[i].read(connection))).join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A sorted copy; what has no value comes last. */
export function sorted(connections, column, descending) {
  const { read } = kColumns[column];
  const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b);
  return [...connections].sort((one, other) => {
    const [a, b] = [read(one), read(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
}

export class ConnectionTable {
  order = kOrders[0][0];
  #answer = { total: 0, connections: [] };
  #answeredAt = null;
  #open = 0;
  #chosen = [];
  #sort = null;
  #rows = new Map();
  #headers;

  /** Calls `onOrder` when the reader wants other connections. */
  constructor(onOrder) {
    for (const [order, label] of kOrders) {
      const input = element('input', { type: 'radio', name: 'order', value: order, checked: order === this.order });
      input.addEventListener('change', () => {
        this.order = order;
        this.#sort = null;
        onOrder();
      });
      byId('order').append(element('label', {}, input, element('span', {}, label)));
    }
    this.#headers = kColumns.map(({ title, figure }, i) => {
      const button = element('button', { type: 'button' }, title);
      button.addEventListener('click', () => this.#sortBy(i));
      return element('th', { scope: 'col', className: figure ? 'figure' : '' }, button);
    });
    byId('columns').append(...this.#headers);
    byId('filter').addEventListener('input', () => this.#render());
  }

  /** Takes an answer of /connections; `names` are those of threads by their numbers. */
  draw(answer, names) {
    for (const connection of answer.connections) connection.thread_name = names.get(connection.thread);
    this.#answer = answer;
    this.#answeredAt = performance.now();
    this.#render();
  }

  /** Says how many connections are `open`, as /status has it. Returns whether the rows are too old: after `age` seconds, or
   * if some are open and none is shown, or the other way round. */
  update(open, age) {
    this.#open = open;
    this.#note();
    return this.#answeredAt === null || this.#age() >= age || (open === 0) !== (this.#answer.total === 0);
  }

  #age() {
    return (performance.now() - this.#answeredAt) / 1000;
  }

  #note() {
    setText(byId('connections-note'), noteOf({ open: this.#open, loaded: this.#answer.connections.length, chosen: this.#chosen.length,
      order: kOrders.find(([order]) => order === this.order)[1].toLowerCase(), isFiltered: byId('filter').value.trim() !== '',
      age: this.#answeredAt === null ? 0 : Math.floor(this.#age()) }));
  }

  #sortBy(column) {
    const again = this.#sort?.column === column;
    this.#sort = { column, descending: again ? !this.#sort.descending : Boolean(kColumns[column].figure) };
    this.#render();
  }

  #render() {
    let chosen = filtered(this.#answer.connections, byId('filter').value);
    if (this.#sort) chosen = sorted(chosen, this.#sort.column, this.#sort.descending);
    this.#chosen = chosen;
    this.#headers.forEach((header, i) => {
      header.ariaSort = this.#sort?.column !== i ? 'none' : this.#sort.descending ? 'descending' : 'ascending';
    });
    const rows = new Map(chosen.map((connection) => [connection.id, this.#row(connection)]));
    this.#rows = rows;
    const wanted = [...rows.values()].map((row) => row.line);
    const body = byId('rows');
    if (wanted.length !== body.rows.length || wanted.some((line, i) => body.rows[i] !== line)) body.replaceChildren(...wanted);
    this.#note();
  }

  #row(connection) {
    let row = this.#rows.get(connection.id);
    if (!row) {
      const cells = kColumns.map(({ title, figure }) => element('td', { className: figure ? 'figure' : title.toLowerCase() }));
      row = { cells, line: element('tr', {}, ...cells) };
    }
    kColumns.forEach(({ read, as }, i) => setText(row.cells[i], as(read(connection))));
    row.cells[3].className = `state ${isStalled(connection) ? 'stalled' : connection.state}`;
    return row;
  }
}
