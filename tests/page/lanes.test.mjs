import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lanes, scaleOf } from '../../src/admin/page/lanes.mjs';
import { describe, rateWords, summarize } from '../../src/admin/page/loom.mjs';
import { thickness } from '../../src/admin/page/yarn.mjs';

const kNoOthers = { threads: 0, clients: 0, messages: 0 };
const thread = (name, fields = {}) => ({ tid: Number(name.split('-')[1]) + 100, name, state: 'waiting', cpu_seconds: 0, cpu_wait_seconds: 0,
  voluntary_context_switches: 0, involuntary_context_switches: 0, received_bytes: 0, echoed_bytes: 0, clients: 1, stalled: 0, ending: 0, messages: 0, peers: [], ...fields });
const answer = (...threads) => ({ total: threads.length, threads, others: kNoOthers });
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
  assert.deepEqual(lanes.shown(200).map((lane) => lane.samples.map((sample) => sample.at)), [[0, 1], [0, 1]]);
});

test('where there is room for some, the living and those that are busy now are shown', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1', { messages: 99 }), thread('echo-2', { messages: 5000 }), thread('echo-3', { messages: 7 })), 0);
  lanes.add(answer(thread('echo-2', { messages: 5000 }), thread('echo-3', { messages: 8 })), 1);
  assert.deepEqual(lanes.shown(1).map((lane) => lane.name), ['echo-3']);
  assert.deepEqual(lanes.shown(2).map((lane) => lane.name), ['echo-2', 'echo-3']);
});

test('an ended thread does nothing, has ended, and is not counted', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1'), thread('echo-2')), 0);
  lanes.add(answer(thread('echo-1', { messages: 50, cpu_seconds: 0.5 }), thread('echo-2')), 1);
  const left = answer(thread('echo-2', { cpu_seconds: 0.25 }));
  lanes.add(left, 2);
  assert.deepEqual(last(lanes), { at: 2, kind: 'ending', running: 0, wanting: 0, messagesPerSecond: 0 });
  assert.match(describe(lanes.shown(200)[0]), /has ended/);
  assert.equal(summarize(lanes.shown(200), left, 200), '1 thread · 0.25 cores in use');
  lanes.add(left, 3);
  assert.equal(lanes.shown(200)[0].samples.length, 3, 'it ends once');
});

test('only where there are more threads than fit, some are said to be the busiest', () => {
  const lanes = new Lanes();
  const many = { ...answer(thread('echo-1')), total: 801, others: { threads: 800, clients: 800, messages: 23_906 } };
  lanes.add(many, 0, 200);
  assert.equal(summarize(lanes.shown(200), many, 200),
    '801 threads · the 1 busiest are shown · 800 more threads, 800 clients, 23,906 messages since they connected');
  lanes.add({ ...many, threads: [] }, 1, 200);
  assert.deepEqual(lanes.shown(200), [], 'it may live, but is not among the busiest');
});

test('a thread that begins and ends within a second is seen with all it did', () => {
  const lanes = new Lanes();
  lanes.add(answer(), 0);
  lanes.add(answer(thread('echo-1', { messages: 30, cpu_seconds: 0.2, cpu_wait_seconds: 0.1 })), 1);
  assert.deepEqual(last(lanes), { at: 1, kind: 'waiting', running: 0.2, wanting: 0.1, messagesPerSecond: 30 });
  assert.equal(lanes.shown(200)[0].samples.length, 2);
});

test('a thread that was there before, but not shown, does not burst', () => {
  const lanes = new Lanes();
  lanes.add({ ...answer(), total: 500 }, 0, 200);
  lanes.add({ ...answer(thread('echo-1', { cpu_seconds: 90 })), total: 500 }, 1, 200);
  assert.equal(last(lanes).running, 0);
});

test('one outlier does not make all others thin', () => {
  const lanes = new Lanes();
  for (let now = 0; now < 50; ++now) {
    lanes.add(answer(thread('echo-1', { cpu_seconds: now * 0.04 + (now > 40 ? 0.9 : 0) })), now);
  }
  assert.equal(scaleOf(lanes.shown(200)), 0.05);
  assert.equal(scaleOf([]), 0.05);
  assert.equal(scaleOf(lanes.shown(200), 0.1), 0.1, 'a scale that fits roughly stays');
  assert.equal(scaleOf(lanes.shown(200), 0.5), 0.05);
});

test('a little work is seen, and none is not', () => {
  assert.equal(thickness(0, 0.1, 20), 0);
  assert.equal(thickness(0.00001, 0.1, 20), 1.5);
  assert.equal(thickness(0.025, 0.1, 20), 10);
  assert.equal(thickness(5, 0.1, 20), 20);
});

test('threads that began and ended between two answers are counted, and no sum of cores leaves them out', () => {
  const lanes = new Lanes();
  lanes.add(answer(thread('echo-1'), thread('echo-2')), 0);
  const next = answer(thread('echo-2'));
  assert.equal(lanes.add(next, 1), 1, 'one is seen to end');
  assert.equal(summarize(lanes.shown(200), next, 200, 3928), '1 thread · 3,928 more threads began and ended since the last answer');
  assert.equal(summarize(lanes.shown(200), next, 200, 3), '1 thread · 0 cores in use');
});

test('the rate of a worker is a least one when clients have left it', () => {
  const lanes = new Lanes();
  const rate = (messages, left) => {
    lanes.add(answer(thread('pool-0', { messages })), lanes.shown(1)[0]?.samples.length ?? 0, 200, left);
    return rateWords(lanes.shown(1)[0]);
  };
  assert.deepEqual([rate(0, 0), rate(900, 0), rate(20, 3), rate(60, 3), rate(1060, 0)], ['0', '900', '≥ 0', '≥ 40', '1,000']);
});

test('a thread is told with its switches', () => {
  const lanes = new Lanes();
  const words = (fields) => {
    lanes.add(answer(thread('echo-1', fields)), fields.messages);
    return describe(lanes.shown(1)[0]);
  };
  assert.match(words({ messages: 1, voluntary_context_switches: 1 }), /^echo-1 \(thread 101\) .* · 1 message, .* · 1 context switch$/);
  assert.match(words({ messages: 2, voluntary_context_switches: 1, involuntary_context_switches: 1 }), / · 2 messages, .* · 2 context switches$/);
});
