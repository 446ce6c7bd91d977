// Bars of counts by reason, and the histogram of echo times.

import { element, setText, show } from './dom.mjs';
import * as format from './format.mjs';
import { difference, quantile } from './history.mjs';
import { reasonWords } from './words.mjs';

/** The line below the bars: how many reasons have none. */
export function noneWords(total, unused) {
  if (unused === total) return `None since the start, for any of ${total} reasons.`;
  return `${unused} other reason${unused === 1 ? '' : 's'}: 0`;
}

/** Rows of a table: a reason that there was, a bar, the count since the start and what the last minute added. */
export class Bars {
  #table;
  #none;
  #reach;
  #rows = new Map();

  /** `none` is the line below the table. */
  constructor(table, none) {
    this.#table = table;
    this.#none = none;
    this.#reach = element('th', { scope: 'col' });
    table.append(element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, element('span', { className: 'unseen' }, 'Reason')),
      element('th', { scope: 'col' }, element('span', { className: 'unseen' }, 'Share')),
      element('th', { scope: 'col' }, 'since start'), this.#reach)), element('tbody'));
  }

  draw(counts, before, reach) {
    const recent = difference(counts, before);
    const used = Object.entries(counts).filter(([, number]) => number > 0);
    const most = Math.max(1, ...used.map(([, number]) => number));
    setText(this.#reach, reach.heading);
    for (const [name, number] of used) {
      const row = this.#rows.get(name) ?? this.#addRow(name);
      setText(row.total, format.text(format.count(number)));
      setText(row.recent, recent[name] > 0 ? `+${format.text(format.count(recent[name]))}` : '0');
      row.bar.style.width = `${(100 * number) / most}%`;
      row.now.style.width = `${(100 * recent[name]) / number}%`;
    }
    for (const [name, row] of this.#rows) show(row.line, counts[name] > 0);
    show(this.#table, used.length > 0);
    const total = Object.keys(counts).length;
    show(this.#none, used.length < total);
    setText(this.#none, noneWords(total, total - used.length));
  }

  #addRow(name) {
    const now = element('span', { className: 'now' });
    const bar = element('span', { className: 'bar' }, now);
    const row = { bar, now, total: element('td', { className: 'figure' }), recent: element('td', { className: 'figure recent' }) };
    row.line = element('tr', {}, element('th', { scope: 'row' }, reasonWords(name)),
      element('td', { className: 'track' }, bar), row.total, row.recent);
    this.#table.tBodies[0].append(row.line);
    this.#rows.set(name, row);
    return row;
  }
}

/** Where the middle sample stands among the columns: 1.5 is the middle of the second one. */
export function placeOfMedian(counts) {
  let rank = counts.reduce((sum, count) => sum + count, 0) / 2;
  if (rank === 0) return null;
  for (let i = 0; i < counts.length; ++i) {
    if (rank <= counts[i]) return i + rank / counts[i];
    rank -= counts[i];
  }
  return counts.length;
}

/** Columns of the histogram: the last minute in front of all since the start, each as shares of its own samples. */
export class Histogram {
  #columns = [];
  #parts;

  /** `parts` are the elements around it: note, reach. */
  constructor(target, parts) {
    this.target = target;
    this.#parts = { ...parts, top: element('span', { className: 'most' }), median: element('span', { className: 'median' }, element('i', {}, 'median')) };
  }

  draw(now, before, reach) {
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
    const summary = p50 === null ? `no message ${reach.note}`
      : `median ${format.text(format.roughTime(p50))}, 99 % within ${format.text(format.roughTime(p99))}`;
    setText(this.#parts.note, summary);
    setText(this.#parts.reach, reach.note.replace(/^in /, ''));
    setText(this.#parts.top, all.some((share) => share > 0) ? `${format.percent(most)} of messages` : '');
    const median = placeOfMedian(recent);
    show(this.#parts.median, median !== null);
    if (median !== null) this.#parts.median.style.left = `${(100 * median) / recent.length}%`;
    this.target.setAttribute('aria-label', `Histogram of echo times ${reach.note}: ${summary}`);
  }

  #build(bounds) {
    [...bounds, null].forEach((bound, i) => {
      const [value, unit] = bound === null ? ['', ''] : format.time(bound);
      const label = `${Number(value)} ${unit}`;
      const column = { start: element('span', { className: 'start' }), now: element('span', { className: 'now' }) };
      const title = bound === null ? 'longer' : `up to ${label}`;
      this.target.append(element('div', { className: 'column', title }, element('div', { className: 'stack' }, column.start, column.now),
        element('span', { className: 'tick' }, i % 3 === 0 && bound !== null ? label : '')));
      this.#columns.push(column);
    });
    this.target.append(this.#parts.top, this.#parts.median);
  }
}
