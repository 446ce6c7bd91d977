import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtered, kColumns, sorted } from '../../src/admin/page/table.mjs';
import { commands, drainWords, faultWords, modelWords, stateOf } from '../../src/admin/page/words.mjs';

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
  assert.deepEqual(stateOf(status()), { kind: 'good', title: '3 connections', text: 'Ready' });
  assert.equal(stateOf(status({ readiness: 'full' })).text, 'Full · 3 of 10,000 connections');
  assert.equal(stateOf(status({ readiness: 'out_of_threads' })).text, 'Out of threads');
  assert.equal(stateOf(status({ readiness: 'unready_on_demand' })).text, 'Unready on demand');
  // With READY_DURING_DRAIN_DELAY it is still ready.
  assert.equal(stateOf(status({ drain: { seconds_left: 6.24 } })).text, 'Draining · 6.2 s left · 3 connections left');
  assert.match(drainWords(status({ drain: { seconds_left: 31 } })), /^3 connections may finish in the next 31 s\./);
  assert.match(drainWords(status({ connections: { active: 0 } })), /has ended/);
});

test('each thread model is explained', () => {
  assert.equal(modelWords(status()), 'pool: 2 threads share all clients');
  assert.equal(modelWords(status({ thread_model: 'blocking-pool', pool_threads: 1 })), 'blocking-pool: 1 thread, each serves one client at a time');
  assert.match(modelWords(status({ thread_model: 'per-connection', pool_threads: null })), /a thread of its own$/);
});

test('a fault is told with all its fields', () => {
  assert.equal(faultWords({ fault: 'delay', id: 3, delay: '50ms', clients: ['10.0.0.0/8'] }), 'delay · id 3 · delay 50ms · clients 10.0.0.0/8');
});

test('commands name this server as the browser does', () => {
  const location = { hostname: '[::1]', href: 'http://[::1]:8080/' };
  assert.deepEqual(commands(location, 9000).map(([, command]) => command), ['nc ::1 9000', 'threadecho probe [::1]:9000',
    'threadecho load [::1]:9000 --connections 64', "curl -s 'http://[::1]:8080/metrics'"]);
});
