// Asks the server once a second and draws the answers.

import { Bars, Histogram } from './charts.mjs';
import { drawCommands } from './copy.mjs';
import { byId, element, setText, show } from './dom.mjs';
import * as format from './format.mjs';
import { History } from './history.mjs';
import { Lanes } from './lanes.mjs';
import { Loom } from './loom.mjs';
import { ConnectionTable, kMost } from './table.mjs';
import { Tiles } from './tiles.mjs';
import { drainWords, faultWords, lostWords, modelWords, restartWords, stateOf } from './words.mjs';

const kInterval = 1000;
const kHiddenInterval = 10_000;
const kPatience = 5000;
const kRestartShownFor = 60_000;
const kDotsOfQueue = 20;
/** Seconds after which the table is asked for again: in view, and out of it. */
const kTableAge = 1.9;
const kTableAgeOutOfView = 10;

const history = new History();
const lanes = new Lanes();
const tiles = new Tiles(byId('tiles'));
const loom = new Loom(byId('loom'), { summary: byId('loom-summary'), detail: byId('loom-detail'), legend: byId('legend'),
  scale: byId('loom-scale'), empty: byId('loom-empty') });
const closed = new Bars(byId('closed'), byId('closed-none'));
const rejected = new Bars(byId('rejected'), byId('rejected-none'));
const histogram = new Histogram(byId('histogram'), { note: byId('echo-note'), reach: byId('echo-reach') });
const table = new ConnectionTable(() => askForTable());

const answered = { wall: Date.now(), at: performance.now() };
let restartedAt = -Infinity;
let threadNames = new Map();
let timer = 0;
let asking = false;
let tableIsVisible = true;
new IntersectionObserver(([entry]) => {
  tableIsVisible = entry.isIntersecting;
  if (tableIsVisible && history.length > 0) askForTable();
}, { rootMargin: '300px' }).observe(byId('connections'));

async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(kPatience) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Only a new state is said aloud, and not the numbers in it. */
function drawState({ kind, text, title, said }) {
  const pill = byId('state');
  setText(pill, text);
  pill.className = `pill ${kind}`;
  show(pill, true);
  setText(byId('said'), said);
  document.title = `${title} · threadecho`;
}

function drawHeader(status) {
  setText(byId('model'), modelWords(status));
  drawState(stateOf(status));
  const facts = [['Up for', format.duration(status.uptime_seconds)], ['Version', status.version]];
  if (status.pod?.name) facts.push(['Pod', status.pod.name]);
  if (status.pod?.node) facts.push(['Node', status.pod.node]);
  const list = byId('facts');
  if (list.children.length !== facts.length) {
    list.replaceChildren(...facts.map(([name]) => element('div', {}, element('dt', {}, name), element('dd'))));
  }
  facts.forEach(([, value], i) => setText(list.children[i].lastChild, value));
}

function drawNotices(status) {
  const { drain, faults } = status;
  show(byId('offline'), false);
  show(byId('restarted'), performance.now() - restartedAt < kRestartShownFor);
  setText(byId('restarted'), restartWords(status));
  show(byId('drain'), drain !== null);
  if (drain) {
    setText(byId('drain-title'), drain.accepting ? 'The drain begins soon' : 'Draining');
    setText(byId('drain-text'), drainWords(status));
    byId('drain-bar').style.width = `${Math.min(100, (100 * drain.seconds_left) / Math.max(drain.total_seconds, 0.001))}%`;
  }
  show(byId('faults'), faults.length > 0);
  const list = byId('fault-list');
  while (list.children.length < faults.length) list.append(element('li'));
  while (list.children.length > faults.length) list.lastChild.remove();
  faults.forEach((fault, i) => setText(list.children[i], faultWords(fault)));
}

function drawQueue({ thread_model, connections: { waiting } }) {
  show(byId('queue'), thread_model === 'blocking-pool');
  setText(byId('queue-text'), waiting === 0 ? 'The queue is empty.' : `Queue: ${format.plural(waiting, 'client')} waiting for a thread`);
  byId('queue-dots').style.setProperty('--count', Math.min(waiting, kDotsOfQueue));
  setText(byId('queue-more'), waiting > kDotsOfQueue ? `+${format.exact(waiting - kDotsOfQueue)}` : '');
}

function draw(status, threads) {
  if (history.add(status)) {
    lanes.clear();
    restartedAt = performance.now();
  }
  const now = performance.now() / 1000;
  const left = history.growth((sample) => Object.values(sample.closed).reduce((sum, number) => sum + number, 0));
  // With a thread for each client, a thread's counts never leave it, and every client that left was a thread.
  const isPerConnection = status.thread_model === 'per-connection';
  const ended = lanes.add(threads, now, loom.most, isPerConnection ? 0 : left);
  threadNames = new Map(threads.threads.map(({ tid, name }) => [tid, name]));
  const minuteAgo = history.before(60);
  const reach = history.reach(60);
  drawHeader(status);
  drawNotices(status);
  tiles.draw(history);
  setText(byId('loom-empty'), status.drain ? 'The last connection has ended.' : 'No client is connected. Start some with the commands under Try it.');
  loom.draw(lanes, threads, now, isPerConnection ? left - ended : 0);
  drawQueue(status);
  histogram.draw(status.echo_duration_seconds, minuteAgo.echo_duration_seconds, reach);
  closed.draw(status.closed, minuteAgo.closed, reach);
  rejected.draw(status.rejected, minuteAgo.rejected, reach);
  const errors = Object.entries(status.accept_errors).filter(([, number]) => number > 0);
  setText(byId('accept-errors'), errors.length === 0 ? 'None since the start.' : errors.map(([name, number]) => `${name} ${format.exact(number)}`).join(', '));
  if (!byId('commands').hasChildNodes()) drawCommands(status.echo_port);
}

function drawLost() {
  const lost = lostWords(history.last, answered.wall, (performance.now() - answered.at) / 1000);
  for (const id of ['drain', 'faults', 'restarted']) show(byId(id), false);
  setText(byId('offline'), lost.text);
  byId('offline').className = `notice ${lost.kind}`;
  show(byId('offline'), true);
  drawState({ ...lost, text: lost.title, said: lost.title });
  document.body.classList.add('stale');
  if (history.length > 0) table.update(history.last.connections.active, Infinity);
}

async function askForTable() {
  const answer = await ask(`connections?limit=${kMost}&sort=${table.order}`).catch(() => null);
  if (answer === null) return;  // the next question to /status tells why
  table.draw(answer, threadNames);
}

async function askOnce() {
  let status;
  let threads;
  try {
    [status, threads] = await Promise.all([ask('status'), ask(`threads?limit=${loom.most}`)]);
  } catch {
    drawLost();
    return;
  }
  answered.wall = Date.now();
  answered.at = performance.now();
  for (const id of ['live', 'try']) show(byId(id), true);
  document.body.classList.remove('stale');
  draw(status, threads);
  if (table.update(status.connections.active, tableIsVisible ? kTableAge : kTableAgeOutOfView)) await askForTable();
}

async function tick() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  const begun = performance.now();
  try {
    await askOnce();
  } finally {
    asking = false;
    const interval = document.hidden ? kHiddenInterval : kInterval;
    timer = setTimeout(tick, Math.max(100, interval - (performance.now() - begun)));
  }
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => loom.redraw());
tick();
