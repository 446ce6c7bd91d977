// The loom: a lane for each thread, drawn over the last minute. A thread at rest is a thin line; the more processor
// time it uses, the thicker it gets.

import { element, setText, show } from './dom.mjs';
import * as format from './format.mjs';
import { kWindowSeconds, scaleOf } from './lanes.mjs';
import { drawLane, palette } from './yarn.mjs';

export const kKinds = [
  ['running', 'running'],
  ['wanting', 'waiting for a CPU'],
  ['waiting', 'waiting for its client'],
  ['stalled', 'its client does not read'],
  ['ending', 'connection is ending'],
  ['idle', 'no client'],
];
const kHelp = 'Point at a thread, tap it or use the arrow keys for its numbers.';

/** What one thread does now, in words. */
export function describe(lane) {
  const { thread } = lane;
  const sample = lane.samples.at(-1);
  const switches = thread.voluntary_context_switches + thread.involuntary_context_switches;
  const clients = thread.clients === 0 ? 'no client'
    : `${thread.clients === 1 ? 'client' : `${format.exact(thread.clients)} clients:`} ${thread.peers.join(', ')}${
      thread.clients > thread.peers.length ? ', …' : ''}`;
  const now = lane.hasEnded ? 'has ended'
    : `${new Map(kKinds).get(sample.kind)}; ${format.percent(sample.running)} of a core running, ${
      format.percent(sample.wanting)} waiting for one`;
  return [
    `${lane.name} (thread ${thread.tid})`, clients, now,
    `${format.plural(thread.messages, 'message')}, ${format.text(format.bytes(thread.received_bytes))} in, ${
      format.text(format.bytes(thread.echoed_bytes))} out`,
    `${format.exact(switches)} context switch${switches === 1 ? '' : 'es'}`,
  ].join(' · ');
}

/** Messages a second of a lane. The messages of clients that have left its thread are not in them. */
export function rateWords({ samples, hasLostClients }) {
  return `${hasLostClients ? '≥ ' : ''}${format.text(format.count(Math.round(samples.at(-1).messagesPerSecond)))}`;
}

/** Fewer threads than these may be unseen only because /status and /threads are not of the same moment. */
const kEnoughUnseen = 10;

/** The line above the loom; `unseen` threads began and ended between the last two answers. */
export function summarize(lanes, answer, most, unseen = 0) {
  const alive = lanes.filter((lane) => !lane.hasEnded);
  const summary = [format.plural(answer.total, 'thread')];
  if (answer.total > most) {
    const { others } = answer;
    summary.push(`the ${format.exact(alive.length)} busiest are shown`, `${format.plural(others.threads, 'more thread')}, ${
      format.plural(others.clients, 'client')}, ${format.plural(others.messages, 'message')} since they connected`);
  } else if (unseen >= kEnoughUnseen) {
    summary.push(`${format.plural(unseen, 'more thread')} began and ended since the last answer`);
  } else {
    const cores = alive.reduce((sum, lane) => sum + lane.samples.at(-1).running, 0);
    summary.push(`${format.text(format.decimal(cores))} cores in use`);
  }
  return summary.join(' · ');
}

export class Loom {
  #root;
  #parts;
  #lanes = [];
  #options = new Map();
  #columns = [];
  #layout = '';
  #active = null;
  #isPressed = false;
  #isHovered = false;
  #scale = 0;
  #now = 0;

  /** `parts` are the elements around it: summary, detail, legend, scale, empty. */
  constructor(root, parts) {
    this.#root = root;
    this.#parts = parts;
    for (const [kind, label] of kKinds) {
      parts.legend.append(element('li', {}, element('i', { className: `mark ${kind}` }), label));
    }
    root.addEventListener('keydown', (event) => this.#onKey(event));
    for (const type of ['pointermove', 'pointerdown']) root.addEventListener(type, (event) => this.#onPointer(event));
    root.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse' && this.#isHovered) this.#activate(null);
    });
    root.addEventListener('focus', () => {
      if (!this.#isPressed) this.#activate(this.#active ?? this.#lanes[0]?.key ?? null);
    });
    for (const type of ['pointerup', 'pointercancel']) addEventListener(type, () => { this.#isPressed = false; });
    new ResizeObserver(() => this.redraw()).observe(root);
  }

  /** The most lanes that fit: fewer on a phone. */
  get most() {
    return window.innerWidth < 600 ? 80 : 200;
  }

  draw(lanes, answer, now, unseen) {
    this.#lanes = lanes.shown(this.most);
    this.#now = now;
    setText(this.#parts.summary, this.#lanes.length > 0 ? summarize(this.#lanes, answer, this.most, unseen) : '');
    this.#scale = scaleOf(this.#lanes, this.#scale);
    this.redraw();
  }

  redraw() {
    const empty = this.#lanes.length === 0;
    show(this.#parts.empty, empty);
    show(this.#root, !empty);
    show(this.#parts.scale, !empty);
    if (empty) {
      setText(this.#parts.detail, '');
      return;
    }
    this.#arrange();
    const colours = palette(this.#root);
    for (const column of this.#columns) this.#drawColumn(column, colours);
    setText(this.#parts.scale, `Thickest = ${Math.round(100 * this.#scale)} % of a core`);
    this.#showDetail();
  }

  /** Spreads the lanes over columns, with rows as high as there is room. Heights grow with the size of the text. */
  #arrange() {
    const width = this.#root.clientWidth;
    const step = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const count = this.#lanes.length;
    const columns = count <= 12 || width < 900 ? 1 : width < 1700 ? 2 : 3;
    const rows = Math.ceil(count / columns);
    const height = Math.round(step * Math.min(64, Math.max(7, 460 / rows)));
    const isTall = height >= 40 * step;
    const layout = `${columns} ${height} ${this.#lanes.map((lane) => lane.key).join()}`;
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#options.clear();
    this.#root.classList.toggle('thin', height < 13 * step);
    this.#root.classList.toggle('tall', isTall);
    this.#root.style.setProperty('--lane', `${height}px`);
    this.#columns = Array.from({ length: columns }, (_, i) => {
      const lanes = this.#lanes.slice(i * rows, (i + 1) * rows);
      const canvas = element('canvas', { ariaHidden: 'true' });
      const node = element('div', { className: 'column' }, element('div', { className: 'above', ariaHidden: 'true' }, 'messages/s'),
        element('div', { className: 'strip' }, canvas), ...lanes.map((lane) => this.#option(lane)),
        element('div', { className: 'axis', ariaHidden: 'true' },
          ...['1 min ago', '45 s', '30 s', '15 s', 'now'].map((label) => element('span', {}, label))));
      return { node, canvas, keys: lanes.map((lane) => lane.key), height, isTall };
    });
    this.#root.replaceChildren(...this.#columns.map((column) => column.node));
    this.#mark();
  }

  #option(lane) {
    const parts = { rate: element('span', { className: 'rate' }), clients: element('span', { className: 'clients' }) };
    const label = element('span', { className: 'label' }, element('span', {}, lane.name), parts.clients);
    parts.node = element('div', { className: 'lane', role: 'option', id: `lane-${lane.thread.tid}`, ariaSelected: 'false' },
      label, parts.rate);
    parts.node.dataset.key = lane.key;
    this.#options.set(lane.key, parts);
    return parts.node;
  }

  #drawColumn({ canvas, keys, height, isTall }, colours) {
    const lanes = new Map(this.#lanes.map((lane) => [lane.key, lane]));
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.parentElement.clientWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * keys.length * ratio);
    canvas.style.height = `${height * keys.length}px`;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    keys.forEach((key, i) => {
      const lane = lanes.get(key);
      drawLane(context, lane.samples, {
        middle: (i + 0.5) * height, height, width, now: this.#now, seconds: kWindowSeconds, scale: this.#scale, colours });
      const parts = this.#options.get(key);
      setText(parts.rate, rateWords(lane));
      setText(parts.clients, isTall ? format.plural(lane.thread.clients, 'client')
        : lane.thread.clients > 1 ? ` · ${format.text(format.count(lane.thread.clients))}` : '');
    });
    this.#scroll(canvas, width / kWindowSeconds);
  }

  /** Lets the picture move on until the next answer redraws it. */
  #scroll(canvas, step) {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    canvas.getAnimations().forEach((animation) => animation.cancel());
    canvas.animate([{ transform: 'none' }, { transform: `translateX(${-step}px)` }], { duration: 1000, fill: 'forwards' });
  }

  #showDetail() {
    const lane = this.#lanes.find((one) => one.key === this.#active);
    setText(this.#parts.detail, lane ? describe(lane) : kHelp);
  }

  #activate(key, isHovered = false) {
    this.#isHovered = isHovered;
    if (key === this.#active) return;
    this.#active = key;
    this.#mark();
    this.#showDetail();
  }

  /** A screen reader speaks the label of a lane when it is chosen, and not again. */
  #mark() {
    for (const [key, { node }] of this.#options) node.ariaSelected = String(key === this.#active);
    const active = this.#options.get(this.#active);
    if (active) {
      active.node.ariaLabel = describe(this.#lanes.find((lane) => lane.key === this.#active));
      this.#root.setAttribute('aria-activedescendant', active.node.id);
    } else {
      this.#root.removeAttribute('aria-activedescendant');
    }
  }

  #onPointer(event) {
    if (event.type === 'pointerdown') this.#isPressed = true;
    const key = event.target.closest('.lane')?.dataset.key;
    if (key) this.#activate(key, true);
  }

  #onKey(event) {
    const at = this.#lanes.findIndex((lane) => lane.key === this.#active);
    const last = this.#lanes.length - 1;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, Escape: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#activate(event.key === 'Escape' ? null : this.#lanes[Math.min(last, Math.max(0, next))]?.key ?? null);
    this.#options.get(this.#active)?.node.scrollIntoView({ block: 'nearest' });
  }
}
