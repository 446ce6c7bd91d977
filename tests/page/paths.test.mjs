import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

// The watcher serves files of both folders beside each other.
const directory = mkdtempSync(join(tmpdir(), 'threadecho-page-'));
for (const folder of ['admin', 'watch']) {
  cpSync(fileURLToPath(new URL(`../../src/${folder}/page`, import.meta.url)), directory, { recursive: true });
}
after(() => rmSync(directory, { recursive: true }));
const paths = await import(pathToFileURL(join(directory, 'paths.mjs')));

const now = '2026-11-27T12:00:00.000Z';
const loss = { time: '2026-11-27T11:59:00.000Z', reason: 'echo_timeout', place: 'waiting', connection: 'lasting' };
const path = { address: '10.0.0.1:9000', node: null, pod: null, state: 'up', since: '2026-11-27T11:00:00.000Z', failing: [],
  last_loss: null, messages: { ok: 98, lost: 1, wrong: 1 }, round_trip_seconds: 0.001, retransmitted_segments: 1 };

test('a path has a word for each colour', () => {
  assert.deepEqual(paths.stateOf(path, now), { kind: 'good', word: 'up' });
  assert.deepEqual(paths.stateOf({ ...path, state: 'starting' }, now), { kind: 'warn', word: 'starting' });
  assert.deepEqual(paths.stateOf({ ...path, state: 'down' }, now), { kind: 'bad', word: 'down for 1 h' });
  assert.deepEqual(paths.stateOf({ ...path, failing: ['fresh', 'idle'], last_loss: loss }, now),
    { kind: 'warn', word: 'up, but fresh and idle connections fail' });
  assert.deepEqual(paths.stateOf({ ...path, last_loss: loss }, now), { kind: 'warn', word: 'up, lost a connection 1 min ago' });
  assert.equal(paths.stateOf({ ...path, last_loss: loss }, '2026-11-27T12:09:01.000Z').kind, 'good', 'long ago');
});

test('a path is told in words and figures', () => {
  assert.equal(paths.nameOf(path), '10.0.0.1:9000');
  assert.equal(paths.nameOf({ ...path, node: 'blue' }), 'blue (10.0.0.1:9000)');
  assert.equal(paths.figuresOf(path), '1.00 ms · 2.0 % lost · 1 retransmit');
  const fresh = { messages: { ok: 0, lost: 0, wrong: 0 }, round_trip_seconds: null, retransmitted_segments: 0 };
  assert.equal(paths.figuresOf(fresh), 'no echo · 0 % lost · 0 retransmits');
  assert.equal(paths.lossWords(loss), 'last loss: echo timeout, waiting, lasting connection');
});

test('an outage is told in words', () => {
  const ended = { ...path, last_loss: { ...loss, outage_seconds: 0.5 } };
  assert.equal(paths.outageWords(ended), '500 ms');
  assert.equal(paths.outageWords({ ...ended, last_loss: { ...loss, outage_seconds: null } }), 'still down');
  const fresh = { ...loss, connection: 'fresh', outage_seconds: 0 };
  assert.equal(paths.outageWords({ ...path, last_loss: fresh }), 'none');
  assert.equal(paths.outageWords({ ...path, failing: ['fresh'], last_loss: fresh }), 'still failing');
});

test('paths are filtered, added up, and their losses sorted', () => {
  const all = [{ target: 'a:1', path }, { target: 'b:2', path: { ...path, node: 'blue', state: 'down', last_loss: loss } },
    { target: 'b:2', path: { ...path, last_loss: { ...loss, time: now } } }];
  assert.deepEqual(paths.filtered(all, ' B:2 blue '), [all[1]]);
  assert.deepEqual(paths.summary(all, []), { kind: 'bad', text: '1 of 3 paths down' });
  assert.deepEqual(paths.summary([all[0]], []), { kind: 'good', text: '1 path, none down' });
  assert.deepEqual(paths.summary([], []), { kind: 'warn', text: 'No paths' });
  const nameless = [{ target: 'x:1', error: 'not found', paths: [] }];
  assert.deepEqual(paths.summary([all[0]], nameless), { kind: 'bad', text: '1 path, none down, 1 name not found' });
  assert.deepEqual(paths.summary([], nameless), { kind: 'bad', text: 'No paths, 1 name not found' });
  assert.deepEqual(paths.lossesOf(all), [all[2], all[1]]);
});

test('targets that are down or have no address come first', () => {
  const well = { target: 'a:1', error: null, paths: [path] };
  const down = { target: 'b:1', error: null, paths: [path, { ...path, state: 'down' }] };
  const nameless = { target: 'c:1', error: 'not found', paths: [] };
  const kept = { target: 'd:1', error: 'not found', paths: [path] };
  assert.deepEqual(paths.worstFirst([well, down, kept, nameless]), [down, nameless, well, kept]);
});
