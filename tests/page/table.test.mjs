import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtered, kColumns, noteOf, sorted, stateWords } from '../../src/admin/page/table.mjs';
import { commands, drainWords, faultWords, lostWords, modelWords, reasonWords, stateOf } from '../../src/admin/page/words.mjs';

const connection = (id, fields = {}) => ({ id, peer: `192.0.2.1:${id}`, thread: 7, state: 'receiving', age_seconds: 1,
  idle_seconds: 0, received_bytes: 0, echoed_bytes: 0, rtt_seconds: null, ...fields });
const ids = (connections) => connections.map(({ id }) => id);
const column = (title) => kColumns.findIndex((one) => one.title === title);

test('every word of a filter must be in client, thread or state', () => {
  const all = [connection(1), connection(2, { state: 'half_closed' }), connection(3, { thread: 0, via: '198.51.100.9:1' })];
  assert.deepEqual(ids(filtered(all, '')), [1, 2, 3]);
  assert.deepEqual(ids(filtered(all, 'HALF closed')), [2]);
  assert.deepEqual(ids(filtered(all, 'none')), [3]);
  assert.deepEqual(ids(filtered(all, '198.51 recei')), [3]);
  assert.deepEqual(ids(filtered(all, '192.0.2.1 nothing')), []);
});

test('columns sort by value, addresses by their numbers, and what is unknown is last', () => {
  const all = [connection(10, { rtt_seconds: 0.2 }), connection(9), connection(100, { rtt_seconds: 0.1 })];
  assert.deepEqual(ids(sorted(all, column('Client'), false)), [9, 10, 100]);
  assert.deepEqual(ids(sorted(all, column('Client'), true)), [100, 10, 9]);
  assert.deepEqual(ids(sorted(all, column('Round trip'), false)), [100, 10, 9]);
  assert.deepEqual(ids(sorted(all, column('Round trip'), true)), [10, 100, 9]);
});

const status = (fields = {}) => ({ thread_model: 'pool', pool_threads: 2, readiness: 'ready', drain: null,
  connections: { active: 3, limit: 10_000, waiting: 0 }, ...fields });

test('the state of the server is said in words', () => {
  assert.deepEqual(stateOf(status()), { kind: 'good', title: '3 connections', said: 'Ready', text: 'Ready' });
  assert.equal(stateOf(status({ readiness: 'full' })).text, 'Full · 3 of 10,000 connections');
  assert.equal(stateOf(status({ readiness: 'out_of_threads' })).text, 'Out of threads');
  assert.equal(stateOf(status({ readiness: 'unready_on_demand' })).text, 'Not ready: the fault unready is active');
});

const drain = (fields) => status({ readiness: 'draining', drain: { seconds_left: 31, total_seconds: 32, accepting: false, accepting_seconds_left: 0, ...fields } });

test('the phases of a drain are told apart', () => {
  assert.equal(stateOf(drain({ seconds_left: 6.24 })).text, 'Draining · 6.2 s left · 3 connections left');
  assert.equal(drainWords(drain()), '3 connections may finish in the next 31 s. Connections still open then are closed.');
  const accepting = drain({ accepting: true, accepting_seconds_left: 2.5 });
  assert.equal(stateOf(accepting).text, 'Not ready · accepting for 2.5 s more');
  assert.equal(drainWords(accepting), 'Not ready; still accepting for 2.5 s. Then connections have 29 s to finish.');
  // With READY_DURING_DRAIN_DELAY.
  assert.match(drainWords({ ...accepting, readiness: 'ready' }), /^Ready, and still accepting for 2\.5 s\./);
  assert.match(drainWords({ ...drain(), connections: { active: 0 } }), /has ended/);
});

test('what is said aloud does not change each second', () => {
  const said = (seconds_left, active) => stateOf({ ...drain({ seconds_left }), connections: { active, limit: 10 } }).said;
  assert.equal(said(31, 3), said(12.3, 1));
});

test('a server that drained before it went is said to have stopped', () => {
  const at = new Date(2026, 0, 2, 22, 2, 52).getTime();
  assert.match(lostWords(status(), at, 12.3).text, /^No answer from the server since 22:02:52 \(12 s ago\)\./);
  assert.equal(lostWords(undefined, at, 1).title, 'No answer');
  const { kind, title, text } = lostWords(drain(), at, 1);
  assert.deepEqual([kind, title], ['warn', 'Stopped']);
  assert.match(text, /^The server was draining and has stopped\./);
});

test('a note says how many connections are open, and of how many it speaks', () => {
  const note = (fields) => noteOf({ open: 300, loaded: 200, chosen: 200, order: 'newest', isFiltered: false, age: 1, ...fields });
  assert.equal(note(), 'the 200 newest; 300 are open');
  assert.equal(note({ isFiltered: true, chosen: 0 }), 'none of the 200 newest; 300 are open');
  assert.equal(note({ isFiltered: true, chosen: 3, order: 'idlest' }), '3 of the 200 idlest; 300 are open');
  assert.equal(note({ open: 3, loaded: 3, chosen: 1, isFiltered: true }), '1 of 3');
  assert.equal(note({ open: 3, loaded: 3, age: 12 }), '3 · as of 12 s ago');
  assert.match(note({ open: 0, loaded: 0 }), /^none open\./);
});

test('a client does not read if it has not taken its echo for a while', () => {
  assert.equal(stateWords(connection(1, { state: 'sending', idle_seconds: 0.01 })), 'sending');
  assert.equal(stateWords(connection(1, { state: 'sending', idle_seconds: 0.1 })), 'does not read');
  assert.equal(stateWords(connection(1, { state: 'sending', idle_seconds: 0.1, faults: [1] })), 'sending', 'the server holds it back');
  assert.equal(stateWords(connection(1, { state: 'half_closed', idle_seconds: 9 })), 'half closed');
});

test('a thread has its name, and its number where the name is not known', () => {
  const read = (fields) => kColumns[column('Thread')].read(connection(1, fields));
  assert.deepEqual([read({ thread_name: 'echo-1' }), read({}), read({ thread: 0 })], ['echo-1', 'tid 7', 'none']);
});

test('each thread model is explained', () => {
  assert.equal(modelWords(status()), 'pool: 2 threads share all clients');
  assert.equal(modelWords(status({ thread_model: 'blocking-pool', pool_threads: 1 })), 'blocking-pool: 1 thread, one client at a time');
  assert.equal(modelWords(status({ pool_threads: 1 })), 'pool: 1 thread serves all clients');
  assert.match(modelWords(status({ thread_model: 'per-connection', pool_threads: null })), /a thread of its own$/);
});

test('faults are told as people read them', () => {
  const fault = (kind, fields) => faultWords({ id: 1, fault: kind, share: 1, clients: [], scope: 'all', duration_seconds: 300, left_seconds: 280.4, injected: 0, ...fields });
  assert.equal(fault('delay', { delay_seconds: 0.2, jitter_seconds: 0, injected: 1940 }),
    'Delay of 200 ms for all clients · 4 min 40 s left · injected 1,940 times');
  assert.equal(fault('delay', { delay_seconds: 1.5, jitter_seconds: 0.05, share: 0.1, injected: 1 }),
    'Delay of 1.5 s ± 50 ms for 10 % of clients · 4 min 40 s left · injected once');
  assert.equal(fault('reset', { after_bytes: 1000, clients: ['10.0.0.0/8'], scope: 'new', left_seconds: 100 }),
    'Reset after 1,000 bytes, new connections from 10.0.0.0/8 · 1 min 40 s left · not injected yet');
  assert.equal(fault('throttle', { bytes_per_second: 2048 }), 'Throttle to 2.00 KiB/s, all clients · 4 min 40 s left · not injected yet');
  assert.equal(fault('unready', {}), 'Not ready · 4 min 40 s left · not injected yet');
  assert.match(fault('of a later version', {}), /^of a later version, all clients/);
});

test('reasons are words', () => {
  assert.deepEqual(['drain_forced', 'client_closed', 'max_per_client'].map(reasonWords), ['ended by the drain', 'client closed', 'limit per client']);
});

test('commands name this server as the browser does', () => {
  const location = { hostname: '[::1]', href: 'http://[::1]:8080/' };
  assert.deepEqual(commands(location, 9000).map(([, command]) => command), ['nc ::1 9000', 'threadecho probe [::1]:9000',
    'threadecho load [::1]:9000 --connections 64', "curl -s 'http://[::1]:8080/metrics'"]);
});
