// The table of connections: the server chooses which ones, the reader filters and sorts them.

import { byId, element, setText } from './dom.mjs';
import * as format from './format.mjs';

export const kOrders = [['newest', 'Newest'], ['bytes', 'Busiest'], ['age', 'Oldest'], ['idle', 'Idlest']];
export const kMost = 200;

const time = (seconds) => (seconds === null ? '–' : seconds < 1 ? format.text(format.time(seconds)) : format.duration(seconds));
const size = (number) => format.text(format.bytes(number));

export const kColumns = [
  { title: 'Number', read: (c) => c.id, as: (value) => String(value), figure: true },
  { title: 'Client', read: (c) => (c.via ? `${c.peer} via ${c.via}` : c.peer), as: (value) => value },
  { title: 'Thread', read: (c) => c.thread, as: (value) => (value === 0 ? 'none' : String(value)), figure: true },
  { title: 'State', read: (c) => c.state.replaceAll('_', ' '), as: (value) => value },
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

  draw(answer) {
    this.#answer = answer;
    this.#render();
  }

  #sortBy(column) {
    const again = this.#sort?.column === column;
    this.#sort = { column, descending: again ? !this.#sort.descending : Boolean(kColumns[column].figure) };
    this.#render();
  }

  #render() {
    const { total, connections } = this.#answer;
    let chosen = filtered(connections, byId('filter').value);
    if (this.#sort) chosen = sorted(chosen, this.#sort.column, this.#sort.descending);
    this.#headers.forEach((header, i) => {
      header.ariaSort = this.#sort?.column !== i ? 'none' : this.#sort.descending ? 'descending' : 'ascending';
    });
    const rows = new Map(chosen.map((connection) => [connection.id, this.#row(connection)]));
    this.#rows = rows;
    const wanted = [...rows.values()].map((row) => row.line);
    const body = byId('rows');
    if (wanted.length !== body.rows.length || wanted.some((line, i) => body.rows[i] !== line)) body.replaceChildren(...wanted);
    setText(byId('connections-note'), total === 0 ? 'none open'
      : chosen.length === total ? format.exact(total) : `${format.exact(chosen.length)} of ${format.exact(total)}`);
  }

  #row(connection) {
    let row = this.#rows.get(connection.id);
    if (!row) {
      const cells = kColumns.map(({ figure }) => element('td', { className: figure ? 'figure' : '' }));
      row = { cells, line: element('tr', {}, ...cells) };
    }
    kColumns.forEach(({ read, as }, i) => setText(row.cells[i], as(read(connection))));
    row.cells[3].className = `state ${connection.state}`;
    return row;
  }
}
