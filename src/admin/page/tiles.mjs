// The numbers with their sparklines.

import { element, setText, svg } from './dom.mjs';
import * as format from './format.mjs';
import { kSeconds } from './history.mjs';

const switches = (sample) => sample.context_switches.voluntary + sample.context_switches.involuntary;
const sinceStart = (value) => `${value} since start`;

/** What each tile shows: its value of a history, how it is written, and a note on the last answer. */
const kTiles = [
  { id: 'active-threads', label: 'Active threads', value: (h) => h.last.active_threads, as: format.count,
    note: (s) => s.pool_threads ? `of ${format.exact(s.pool_threads)} in the pool` : 'one for each client' },
  { id: 'connections', label: 'Connections', value: (h) => h.last.connections.active, as: format.count,
    note: (s) => `of ${format.exact(s.connections.limit)} allowed` },
  { id: 'waiting', label: 'Waiting for a thread', value: (h) => h.last.connections.waiting, as: format.count,
    note: (s) => s.thread_model === 'blocking-pool' ? 'clients in the queue' : 'no queue in this model' },
  { id: 'messages', label: 'Messages', value: (h) => h.rate((s) => s.messages), as: format.perSecond,
    total: (s) => s.messages, note: (s) => sinceStart(format.text(format.count(s.messages))) },
  { id: 'received', label: 'Received', value: (h) => h.rate((s) => s.received_bytes), as: format.bytesPerSecond,
    total: (s) => s.received_bytes, note: (s) => sinceStart(format.text(format.bytes(s.received_bytes))) },
  { id: 'echoed', label: 'Echoed', value: (h) => h.rate((s) => s.echoed_bytes), as: format.bytesPerSecond,
    total: (s) => s.echoed_bytes, note: (s) => sinceStart(format.text(format.bytes(s.echoed_bytes))) },
  { id: 'switches', label: 'Switches per message', value: (h) => h.ratio(switches, (s) => s.messages, 3),
    as: format.decimal, total: switches, note: (s) => `${format.text(format.count(switches(s)))} context switches` },
  { id: 'cpu', label: 'CPU cores in use', value: (h) => h.rate((s) => s.cpu_seconds, 2), as: format.decimal,
    note: (s) => `${s.cpu_seconds < 60 ? format.text(format.time(s.cpu_seconds)) : format.duration(s.cpu_seconds)} of CPU time` },
  { id: 'memory', label: 'Memory', value: (h) => h.last.resident_memory_bytes, as: format.bytes,
    note: (s) => s.memory_limit_bytes ? `of ${format.text(format.bytes(s.memory_limit_bytes))}` : 'resident' },
  { id: 'echo-p50', label: 'Echo time, median', value: (h) => h.quantile('echo_duration_seconds', 0.5), as: format.time,
    note: () => 'over the last 10 s' },
  { id: 'echo-p99', label: 'Echo time, 99 %', value: (h) => h.quantile('echo_duration_seconds', 0.99), as: format.time,
    note: () => 'over the last 10 s' },
  { id: 'rtt-p50', label: 'Round trip, median', value: (h) => h.quantile('rtt_seconds', 0.5), as: format.time,
    note: (s) => `${format.exact(s.retransmitted_segments)} retransmits` },
];

const kWidth = 120;
const kHeight = 32;

/** The line of `[seconds ago, value]` points, the newest at the right, in a box of kWidth by kHeight. */
export function sparkline(points, { width = kWidth, height = kHeight, seconds = kSeconds } = {}) {
  if (points.length < 2) return { line: '', area: '' };
  const top = Math.max(...points.map(([, value]) => value)) || 1;
  const place = ([ago, value]) =>
    `${(width * (1 - ago / seconds)).toFixed(1)} ${(height - 1.5 - (height - 4) * (value / top)).toFixed(1)}`;
  const line = `M${points.map(place).join('L')}`;
  const first = (width * (1 - points[0][0] / seconds)).toFixed(1);
  const last = (width * (1 - points.at(-1)[0] / seconds)).toFixed(1);
  return { line, area: `${line}L${last} ${height}L${first} ${height}Z` };
}

export class Tiles {
  #tiles;

  constructor(list) {
    this.#tiles = kTiles.map((tile) => {
      const parts = {
        value: element('data', { className: 'value' }), unit: element('span', { className: 'unit' }),
        note: element('p', { className: 'note' }), area: svg('path', { class: 'area' }), line: svg('path', { class: 'line' }),
      };
      const chart = svg('svg', { viewBox: `0 0 ${kWidth} ${kHeight}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        parts.area, parts.line);
      list.append(element('li', { className: 'tile', id: `tile-${tile.id}` }, element('h3', {}, tile.label),
        element('p', { className: 'number' }, parts.value, ' ', parts.unit), parts.note, chart));
      return { tile, parts };
    });
  }

  draw(history) {
    for (const { tile, parts } of this.#tiles) {
      const value = tile.value(history);
      const [text, unit] = tile.as(value);
      setText(parts.value, text);
      setText(parts.unit, unit);
      // The exact number: of a rate the counter behind it.
      parts.value.value = String(tile.total ? tile.total(history.last) : value ?? '');
      setText(parts.note, tile.note(history.last));
      const { line, area } = sparkline(history.series(tile.value));
      parts.line.setAttribute('d', line);
      parts.area.setAttribute('d', area);
    }
  }
}
