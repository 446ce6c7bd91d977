// Asks the watcher every two seconds and draws the answers.

import { byId, element, setText, show } from './dom.mjs';
import * as format from './format.mjs';
import { figuresOf, filtered, lossesOf, lossWords, nameOf, outageWords, stateOf, summary, worstFirst } from './paths.mjs';

const kInterval = 2000;
const kPatience = 5000;
const kMostLosses = 100;

let answer = null;
let lostAt = null;

function drawPath(path, now) {
  const state = stateOf(path, now);
  const tile = element('li', { className: `path ${state.kind}` }, element('strong', {}, nameOf(path)),
    element('span', {}, state.word), element('span', {}, figuresOf(path)));
  if (path.last_loss) tile.append(element('span', {}, lossWords(path.last_loss)));
  return tile;
}

function drawLoss({ target, path }) {
  const { time, reason, place, connection } = path.last_loss;
  const cells = [new Date(time).toLocaleString(), `${target} at ${nameOf(path)}`, reason.replaceAll('_', ' '),
    place.replaceAll('_', ' '), connection, outageWords(path)];
  return element('tr', {}, ...cells.map((text) => element('td', {}, text)));
}

function draw() {
  const all = answer.targets.flatMap(({ target, paths }) => paths.map((path) => ({ target, path })));
  const chosen = filtered(all, byId('filter').value);
  const tiles = new Map(answer.targets.map(({ target }) => [target, []]));
  for (const { target, path } of chosen) tiles.get(target).push(drawPath(path, answer.time));
  const shown = worstFirst(answer.targets).filter(({ target }) => chosen.length === all.length || tiles.get(target).length > 0);
  byId('matrix').replaceChildren(...shown.map(({ target, error, paths }) => element('section',
    { className: paths.length === 0 && error ? 'target none' : 'target' }, element('h3', {}, error ? `${target}: ${error}` : target),
    element('ul', { className: 'paths' }, ...tiles.get(target)))));
  const { kind, text } = summary(all, answer.targets);
  const pill = byId('state');
  setText(pill, text);
  pill.className = `pill ${kind}`;
  show(pill, true);
  document.title = `${text} · threadecho watch`;
  setText(byId('matrix-note'), chosen.length === all.length ? format.exact(all.length)
    : `${format.exact(chosen.length)} of ${format.exact(all.length)}`);
  const losses = lossesOf(all);
  byId('losses').replaceChildren(...losses.slice(0, kMostLosses).map(drawLoss));
  show(byId('no-losses'), losses.length === 0);
}

function drawLost() {
  lostAt ??= Date.now();
  setText(byId('offline'), `The watcher has not answered since ${new Date(lostAt).toLocaleTimeString()}. This page keeps trying.`);
  show(byId('offline'), true);
  document.body.classList.add('stale');
  document.title = 'No answer · threadecho watch';
}

async function tick() {
  try {
    const response = await fetch('targets', { signal: AbortSignal.timeout(kPatience) });
    if (!response.ok) throw new TypeError(`targets: ${response.status}`);
    answer = await response.json();
    lostAt = null;
    show(byId('live'), true);
    show(byId('offline'), false);
    document.body.classList.remove('stale');
    draw();
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== 'TimeoutError') throw error;
    drawLost();
  } finally {
    setTimeout(tick, kInterval);
  }
}

byId('filter').addEventListener('input', () => { if (answer) draw(); });
tick();
