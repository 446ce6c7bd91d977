// Bars of counts by reason, and the histogram of echo times.

import { element, setText } from './dom.mjs';
import * as format from './format.mjs';
import { difference, quantile } from './history.mjs';

const words = (name) => name.replaceAll('_', ' ');

/** Rows of a table: a reason, a bar, the count since the start and what the last minute added. */
export class Bars {
  #table;
  #rows = new Map();

  constructor(table) {
    this.#table = table;
    table.append(element('thead', { className: 'unseen' }, element('tr', {}, ...['Reason', 'Share', 'Since the start', 'Last minute']
      .map((title) => element('th', { scope: 'col' }, title)))), element('tbody'));
  }

  draw(counts, before) {
    const recent = difference(counts, before);
    const most = Math.max(1, ...Object.values(counts));
    for (const [name, number] of Object.entries(counts)) {
      const row = this.#rows.get(name) ?? this.#addRow(name);
      row.line.classList.toggle('none', number === 0);
      setText(row.total, format.text(format.count(number)));
      setText(row.recent, recent[name] > 0 ? `+${format.text(format.count(recent[name]))}` : '');
      row.bar.style.width = `${(100 * number) / most}%`;
      row.now.style.width = `${number > 0 ? (100 * recent[name]) / number : 0}%`;
    }
  }

  #addRow(name) {
    const now = element('span', { className: 'now' });
    const bar = element('span', { className: 'bar' }, now);
    const row = { bar, now, total: element('td', { className: 'figure' }), recent: element('td', { className: 'figure recent' }) };
    row.line = element('tr', {}, element('th', { scope: 'row' }, words(name)),
      element('td', { className: 'track' }, bar), row.total, row.recent);
    this.#table.tBodies[0].append(row.line);
    this.#rows.set(name, row);
    return row;
  }
}

/** Columns of the histogram: the last minute in front of all since the start, each as shares of its own samples. */
export class Histogram {
  #columns = [];

  constructor(target, note) {
    this.target = target;
    this.note = note;
  }

  draw(now, before) {
    if (this.#columns.length === 0) this.#build(now.bounds);
    const recent = difference(now.counts, before.counts);
    const shares = (counts) => {
      const sum = counts.reduce((total, value) => total + value, 0);
      return counts.map((value) => (sum === 0 ? 0 : value / sum));
    };
    const all = shares(now.counts);
    const last = shares(recent);
    const most = Math.max(0.01, ...all, ...last);
    this.#columns.forEach((column, i) => {
      column.start.style.height = `${(100 * all[i]) / most}%`;
      column.now.style.height = `${(100 * last[i]) / most}%`;
    });
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(now.bounds, recent, share));
    const summary = p50 === null ? 'no message in the last minute'
      : `median ${format.text(format.time(p50))}, 99 % within ${format.text(format.time(p99))}`;
    setText(this.note, summary);
    this.target.setAttribute('aria-label', `Histogram of echo times over the last minute: ${summary}`);
  }

  #build(bounds) {
    const labels = [...bounds.map((bound) => format.time(bound)), ['more', '']];
    labels.forEach(([value, unit], i) => {
      const number = value === 'more' ? '' : String(Number(value));
      const column = { start: element('span', { className: 'start' }), now: element('span', { className: 'now' }) };
      const label = i % 3 === 0 && number ? `${number} ${unit}` : '';
      const title = number ? `up to ${number} ${unit}` : 'longer';
      this.target.append(element('div', { className: 'column', title }, element('div', { className: 'stack' }, column.start, column.now),
        element('span', { className: 'tick' }, label)));
      this.#columns.push(column);
    });
  }
}
