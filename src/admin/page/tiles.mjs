// The numbers with their sparklines.

import { element, setText, show, svg } from './dom.mjs';
import * as format from './format.mjs';
import { bucketOf, kSeconds } from './history.mjs';

const switches = (sample) => sample.context_switches.voluntary + sample.context_switches.involuntary;
const sinceStart = (value) => `${value} since start`;

/** The server and this page switch contexts without any message too: below this many a second a ratio would be about that. */
const kEnoughMessages = 20;

/** The kernel counts a client's delay before its ACK, so a round trip may last long even on one host. */
export function roundTripNote(status, value) {
  const retransmits = format.plural(status.retransmitted_segments, 'retransmit');
  return value === null ? retransmits : `${format.range(bucketOf(status.rtt_seconds.bounds, value))} with delayed ACKs · ${retransmits}`;
}

/** What each tile shows: its value of a history, how it is written, and a note on the last answer. `least`: the
 * smallest top of its sparkline. */
const kTiles = [
  { id: 'active-threads', label: 'Active threads', value: (h) => h.last.active_threads, as: format.count,
    note: (s) => s.pool_threads ? `of ${format.exact(s.pool_threads)} in the pool` : 'one for each connection' },
  { id: 'connections', label: 'Connections', value: (h) => h.last.connections.active, as: format.count,
    note: (s) => `of ${format.exact(s.connections.limit)} allowed` },
  { id: 'waiting', label: 'Waiting for a thread', value: (h) => h.last.connections.waiting, as: format.count,
    note: () => 'clients in the queue', isFor: (s) => s.thread_model === 'blocking-pool' },
  { id: 'messages', label: 'Messages', value: (h) => h.rate((s) => s.messages), as: format.perSecond,
    total: (s) => s.messages, note: (s) => sinceStart(format.text(format.count(s.messages))) },
  { id: 'received', label: 'Received', value: (h) => h.rate((s) => s.received_bytes), as: format.bytesPerSecond,
    total: (s) => s.received_bytes, note: (s) => sinceStart(format.text(format.bytes(s.received_bytes))) },
  { id: 'echoed', label: 'Echoed', value: (h) => h.rate((s) => s.echoed_bytes), as: format.bytesPerSecond,
    total: (s) => s.echoed_bytes, note: (s) => sinceStart(format.text(format.bytes(s.echoed_bytes))) },
  { id: 'switches', label: 'Switches per message', value: (h) => h.ratioOfMany(switches, (s) => s.messages, kEnoughMessages, 3),
    as: format.decimal, total: switches,
    note: (s, value) => (value === null ? 'too few messages' : `${format.text(format.count(switches(s)))} context switches`) },
  { id: 'cpu', label: 'CPU cores in use', value: (h) => h.rate((s) => s.cpu_seconds, 2), as: format.decimal, least: 0.1,
    note: (s) => `${s.cpu_seconds < 60 ? format.text(format.time(s.cpu_seconds)) : format.duration(s.cpu_seconds)} of CPU time` },
  { id: 'memory', label: 'Memory', value: (h) => h.last.resident_memory_bytes, as: format.bytes,
    note: (s) => s.memory_limit_bytes ? `of ${format.text(format.bytes(s.memory_limit_bytes))}` : 'resident' },
  { id: 'echo-p50', label: 'Echo time, median', value: (h) => h.quantile('echo_duration_seconds', 0.5), as: format.roughTime,
    note: () => 'in the server; last 10 s', least: 10e-6 },
  { id: 'echo-p99', label: 'Echo time, p99', value: (h) => h.quantile('echo_duration_seconds', 0.99), as: format.roughTime,
    note: () => 'in the server; last 10 s', least: 10e-6 },
  { id: 'rtt-p50', label: 'TCP round trip, median', value: (h) => h.quantile('rtt_seconds', 0.5), as: format.roughTime,
    note: roundTripNote },
];

const kWidth = 120;
const kHeight = 32;

/** The line of `[seconds ago, value]` points, the newest at the right, in a box of kWidth by kHeight, and its peak. The top
 * of the box is the peak, but at least `least`. */
export function sparkline(points, { width = kWidth, height = kHeight, seconds = kSeconds, least = 0 } = {}) {
  if (points.length < 2) return { line: '', area: '', peak: null };
  const peak = Math.max(...points.map(([, value]) => value));
  const top = Math.max(peak, least) || 1;
  const place = ([ago, value]) =>
    `${(width * (1 - ago / seconds)).toFixed(1)} ${(height - 1.5 - (height - 4) * (value / top)).toFixed(1)}`;
  const line = `M${points.map(place).join('L')}`;
  const first = (width * (1 - points[0][0] / seconds)).toFixed(1);
  const last = (width * (1 - points.at(-1)[0] / seconds)).toFixed(1);
  return { line, peak, area: `${line}L${last} ${height}L${first} ${height}Z` };
}

export class Tiles {
  #tiles;

  constructor(list) {
    this.#tiles = kTiles.map((tile) => {
      const parts = {
        value: element('data', { className: 'value' }), unit: element('span', { className: 'unit' }),
        note: element('p', { className: 'note' }), peak: element('p', { className: 'peak' }), area: svg('path', { class: 'area' }), line: svg('path', { class: 'line' }),
      };
      const chart = svg('svg', { viewBox: `0 0 ${kWidth} ${kHeight}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        parts.area, svg('path', { class: 'base', d: `M0 ${kHeight - 0.5}H${kWidth}` }), parts.line);
      parts.node = element('li', { className: 'tile', id: `tile-${tile.id}` }, element('h3', {}, tile.label),
        element('p', { className: 'number' }, parts.value, ' ', parts.unit), parts.note, parts.peak, chart);
      list.append(parts.node);
      return { tile, parts };
    });
  }

  draw(history) {
    for (const { tile, parts } of this.#tiles) {
      show(parts.node, tile.isFor?.(history.last) ?? true);
      const value = tile.value(history);
      const [text, unit] = tile.as(value);
      setText(parts.value, text);
      setText(parts.unit, unit);
      // The exact number; for a rate, the counter that it comes from.
      parts.value.value = String(tile.total ? tile.total(history.last) : value ?? '');
      setText(parts.note, tile.note(history.last, value));
      const { line, area, peak } = sparkline(history.series(tile.value), { least: tile.least });
      setText(parts.peak, !peak ? '' : `peak ${format.text(tile.as(peak)).replace('≈ ', '')}`);
      parts.line.setAttribute('d', line);
      parts.area.setAttribute('d', area);
    }
  }
}
