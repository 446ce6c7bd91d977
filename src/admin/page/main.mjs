// Asks the server once a second and draws the answers.

import { Bars, Histogram } from './charts.mjs';
import { byId, element, setText, show } from './dom.mjs';
import * as format from './format.mjs';
import { History } from './history.mjs';
import { Lanes } from './lanes.mjs';
import { Loom } from './loom.mjs';
import { ConnectionTable, kMost } from './table.mjs';
import { Tiles } from './tiles.mjs';
import { commands, drainWords, faultWords, modelWords, stateOf } from './words.mjs';

const kInterval = 1000;
const kHiddenInterval = 10_000;
const kPatience = 5000;
const kConnectionsEvery = 2;  // answers of /status

const history = new History();
const lanes = new Lanes();
const tiles = new Tiles(byId('tiles'));
const loom = new Loom(byId('loom'), { summary: byId('loom-summary'), detail: byId('loom-detail'), legend: byId('legend'),
  empty: byId('loom-empty') });
const closed = new Bars(byId('closed'));
const rejected = new Bars(byId('rejected'));
const histogram = new Histogram(byId('histogram'), byId('echo-note'));
const table = new ConnectionTable(() => askNow());

let lostAt = null;
let drainWas = null;
let ticks = 0;
let timer = 0;
let asking = false;
let wantsTable = true;
let tableIsVisible = true;
new IntersectionObserver(([entry]) => {
  tableIsVisible = entry.isIntersecting;
  wantsTable ||= tableIsVisible;
}, { rootMargin: '300px' }).observe(byId('connections'));

async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(kPatience) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function drawHeader(status) {
  setText(byId('model'), modelWords(status));
  const state = stateOf(status);
  const pill = byId('state');
  setText(pill, state.text);
  pill.className = `pill ${state.kind}`;
  show(pill, true);
  const facts = [['Up for', format.duration(status.time_seconds - status.started_at_seconds)], ['Version', status.version]];
  if (status.pod?.name) facts.push(['Pod', status.pod.name]);
  if (status.pod?.node) facts.push(['Node', status.pod.node]);
  const list = byId('facts');
  if (list.children.length !== facts.length) {
    list.replaceChildren(...facts.map(([name]) => element('div', {}, element('dt', {}, name), element('dd'))));
  }
  facts.forEach(([, value], i) => setText(list.children[i].lastChild, value));
  document.title = `${state.title} · threadecho`;
}

function drawNotices(status) {
  const { drain } = status;
  show(byId('drain'), drain !== null);
  if (drain) {
    drainWas = Math.max(drainWas ?? 0, drain.seconds_left, 0.001);
    setText(byId('drain-text'), drainWords(status));
    byId('drain-bar').style.width = `${(100 * drain.seconds_left) / drainWas}%`;
  } else {
    drainWas = null;
  }
  show(byId('faults'), status.faults.length > 0);
  byId('fault-list').replaceChildren(...status.faults.map((fault) => element('li', {}, faultWords(fault))));
}

function drawQueue({ thread_model, connections }) {
  show(byId('queue'), thread_model === 'blocking-pool');
  setText(byId('queue-text'), connections.waiting === 0 ? 'The queue is empty.'
    : `Queue: ${format.plural(connections.waiting, 'client')} waiting for a thread`);
  byId('queue-dots').style.setProperty('--count', Math.min(connections.waiting, 400));
}

function draw(status, threads) {
  if (history.add(status)) lanes.clear();
  const now = performance.now() / 1000;
  lanes.add(threads, now);
  const minuteAgo = history.before(60);
  drawHeader(status);
  drawNotices(status);
  tiles.draw(history);
  setText(byId('loom-empty'), status.drain ? 'The last connection has ended.' : 'No client is connected. The commands below start some.');
  loom.draw(lanes, threads, now);
  drawQueue(status);
  histogram.draw(status.echo_duration_seconds, minuteAgo.echo_duration_seconds);
  closed.draw(status.closed, minuteAgo.closed);
  rejected.draw(status.rejected, minuteAgo.rejected);
  const errors = Object.entries(status.accept_errors).filter(([, number]) => number > 0);
  setText(byId('accept-errors'), errors.length === 0 ? 'none' : errors.map(([name, number]) => `${name} ${format.exact(number)}`).join(', '));
  if (!byId('commands').hasChildNodes()) drawCommands(status);
}

function drawCommands(status) {
  byId('commands').replaceChildren(...commands(location, status.echo_port).map(([what, command]) => {
    const button = element('button', { type: 'button', ariaLabel: `Copy: ${command}` }, 'Copy');
    button.addEventListener('click', async () => {
      await copy(command);
      setText(byId('copied'), `Copied: ${command}`);
      setText(button, 'Copied');
      setTimeout(() => setText(button, 'Copy'), 1500);
    });
    return element('li', {}, element('span', { className: 'soft' }, what), element('code', {}, command), button);
  }));
}

/** Browsers offer the clipboard to pages from https and localhost only. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element('textarea', { value: text });
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  return undefined;
}

function drawLost() {
  lostAt ??= Date.now();
  const since = new Date(lostAt).toLocaleTimeString();
  setText(byId('offline'), `The server has not answered since ${since}. The numbers below are from its last answer. This page keeps trying.`);
  show(byId('offline'), true);
  setText(byId('state'), 'No answer');
  byId('state').className = 'pill bad';
  document.body.classList.add('stale');
  document.title = 'No answer · threadecho';
}

async function askOnce() {
  try {
    const [status, threads] = await Promise.all([ask('status'), ask(`threads?limit=${loom.most}`)]);
    show(byId('live'), true);
    show(byId('offline'), false);
    document.body.classList.remove('stale');
    lostAt = null;
    draw(status, threads);
    if (wantsTable || (tableIsVisible && ticks % kConnectionsEvery === 0)) {
      wantsTable = false;
      table.draw(await ask(`connections?limit=${kMost}&sort=${table.order}`));
    }
    ++ticks;
  } catch (error) {
    if (error instanceof TypeError || error.name === 'TimeoutError' || error.message.includes(': ')) drawLost();
    else throw error;
  }
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

function askNow() {
  wantsTable = true;
  tick();
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => loom.redraw());
tick();
