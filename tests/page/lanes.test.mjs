import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lanes } from '../../src/admin/page/lanes.mjs';
import { thickness } from '../../src/admin/page/yarn.mjs';

const thread = (name, fields = {}) => ({ tid: Number(name.split('-')[1]) + 100, name, state: 'waiting', cpu_seconds: 0, cpu_wait_seconds: 0,
  clients: 1, stalled: 0, ending: 0, messages: 0, peers: [], ...fields });
const answer = (...threads) => ({ total: threads.length, threads });
const last = (lanes, i = 0) => lanes.shown(200)[i].samples.at(-1);

test('what a thread used between two answers becomes shares of a core', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1')), 0);
  assert.equal(last(lanes).running, 0);
  lanes.add(answer(thread('echo-1', { cpu_seconds: 0.5, cpu_wait_seconds: 3, messages: 40 })), 2);
  assert.deepEqual(last(lanes), { at: 2, kind: 'waiting', running: 0.25, wanting: 0.75, messagesPerSecond: 20 });
});

test('a lane says what its clients make it wait for', () => {
  const kinds = [{}, { stalled: 1 }, { ending: 1 }, { clients: 0 }, { clients: 8, stalled: 3 }, { clients: 8, stalled: 4 }].map((fields) => {
    const lanes = new Lanes();
    lanes.add(answer(thread('pool-0', fields)), 0);
    return last(lanes).kind;
  });
  assert.deepEqual(kinds, ['waiting', 'stalled', 'ending', 'idle', 'waiting', 'stalled']);
});

test('lanes stand in the order of their numbers', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-10'), thread('echo-9'), thread('echo-100')), 0);
  assert.deepEqual(lanes.shown(200).map((lane) => lane.name), ['echo-9', 'echo-10', 'echo-100']);
});

test('an ended thread is shown for four seconds more, and a minute is kept', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1'), thread('echo-2')), 0);
  for (let now = 1; now <= 200; ++now) {
    lanes.add(answer(thread('echo-2')), now);
    assert.equal(lanes.shown(200).length, now <= 4 ? 2 : 1);
  }
  assert.equal(lanes.shown(200)[0].samples.length, 63);
});

test('a number that the kernel gives to another thread begins a new lane', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1', { tid: 7, cpu_seconds: 9 })), 0);
  lanes.add(answer(thread('echo-2', { tid: 7 })), 1);
  assert.deepEqual(lanes.shown(200).map((lane) => lane.samples.length), [1, 1]);
});

test('where there is room for some, the living and the busiest are shown', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1', { messages: 99 }), thread('echo-2', { messages: 5 }), thread('echo-3', { messages: 7 })), 0);
  lanes.add(answer(thread('echo-2', { messages: 5 }), thread('echo-3', { messages: 7 })), 1);
  assert.deepEqual(lanes.shown(1).map((lane) => lane.name), ['echo-3']);
});

test('one outlier does not make all others thin', () => {
  const lanes = new Lanes();
  for (let now = 0; now < 50; ++now) {
    lanes.add(answer(thread('echo-1', { cpu_seconds: now * 0.04 + (now > 40 ? 0.9 : 0) })), now);
  }
  assert.equal(Lanes.scale(lanes.shown(200)), 0.05);
  assert.equal(Lanes.scale([]), 0.002);
});

test('a little work is seen, and none is not', () => {
  assert.equal(thickness(0, 0.1, 20), 0);
  assert.equal(thickness(0.00001, 0.1, 20), 1.5);
  assert.equal(thickness(0.025, 0.1, 20), 10);
  assert.equal(thickness(5, 0.1, 20), 20);
});
