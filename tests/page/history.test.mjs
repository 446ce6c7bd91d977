import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noneWords, placeOfMedian } from '../../src/admin/page/charts.mjs';
import { bucketOf, difference, History, quantile } from '../../src/admin/page/history.mjs';
import { roundTripNote, sparkline } from '../../src/admin/page/tiles.mjs';

const sample = (second, fields = {}) => ({ started_at_seconds: 1, uptime_seconds: 100 + second, messages: 0, ...fields });

test('a quantile is interpolated in its bucket', () => {
  assert.equal(quantile([1, 2, 4], [0, 0, 0, 0], 0.5), null);
  assert.equal(quantile([1, 2, 4], [10, 0, 0, 0], 0.5), 0.5);
  assert.equal(quantile([1, 2, 4], [5, 0, 5, 0], 0.75), 3);
  assert.equal(quantile([1, 2, 4], [0, 0, 0, 3], 0.5), 4, 'above the last bound nothing more is known');
  assert.equal(quantile([1, 2, 4], [0, 8, 0, 0], 1), 2);
});

test('differences are taken of each field', () => {
  assert.deepEqual(difference([3, 4], [1, 4]), [2, 0]);
  assert.deepEqual(difference({ a: 3, b: 1 }, { a: 1 }), { a: 2, b: 1 });
});

test('a rate needs two answers, and counts by the clock of the server', () => {
  const history = new History();
  history.add(sample(0, { messages: 10 }));
  assert.equal(history.rate((s) => s.messages), null);
  history.add(sample(2, { messages: 30 }));
  assert.equal(history.rate((s) => s.messages), 10);
  history.add(sample(3, { messages: 30 }));
  assert.equal(history.rate((s) => s.messages), 0);
  assert.equal(history.rate((s) => s.messages, 3), 20 / 3);
});

test('a ratio is nothing while its bottom does not grow', () => {
  const history = new History();
  history.add(sample(0, { messages: 0, switches: 5 }));
  history.add(sample(1, { messages: 0, switches: 6 }));
  assert.equal(history.ratio((s) => s.switches, (s) => s.messages), null);
  history.add(sample(2, { messages: 4, switches: 14 }));
  assert.equal(history.ratio((s) => s.switches, (s) => s.messages), 2);
});

test('a quantile is of the last seconds only', () => {
  const histogram = (counts) => ({ echo: { bounds: [1, 2], counts } });
  const history = new History();
  history.add(sample(0, histogram([0, 0, 0])));
  history.add(sample(20, histogram([100, 0, 0])));
  history.add(sample(30, histogram([100, 8, 0])));
  assert.equal(history.quantile('echo', 0.5), 1.5);
});

test('another start of the server begins a new history, and the same answer twice counts once', () => {
  const history = new History();
  assert.equal(history.add(sample(0)), false);
  assert.equal(history.add(sample(0)), false);
  assert.equal(history.length, 1);
  history.add(sample(1));
  assert.equal(history.add(sample(-100, { started_at_seconds: 101.5 })), true);
  assert.equal(history.length, 1);
  assert.equal(history.rate((s) => s.messages), null);
});

test('two minutes are kept', () => {
  const history = new History();
  for (let second = 0; second < 500; ++second) history.add(sample(second));
  assert.equal(history.length, 122);
  assert.equal(history.before(60).uptime_seconds, history.last.uptime_seconds - 60);
  assert.equal(history.series((h) => h.last.messages).length, 122);
});

test('a sparkline has its newest point at the right and its highest at the top', () => {
  assert.equal(sparkline([[1, 5]]).line, '');
  const { line, area } = sparkline([[10, 0], [0, 8]], { width: 100, height: 20, seconds: 10 });
  assert.equal(line, 'M0.0 18.5L100.0 2.5');
  assert.equal(area, 'M0.0 18.5L100.0 2.5L100.0 20L0.0 20Z');
});

test('a clock that is set back changes nothing', () => {
  const history = new History();
  history.add(sample(0, { time_seconds: 5000, messages: 0 }));
  history.add(sample(1, { time_seconds: 1400, messages: 50 }));
  assert.equal(history.length, 2);
  assert.equal(history.rate((s) => s.messages), 50);
});

test('a history of less than a minute says how long it is', () => {
  const history = new History();
  history.add(sample(0));
  history.add(sample(7));
  assert.deepEqual(history.reach(60), { note: 'in the 7 s since this page opened', heading: 'last 7 s' });
  for (let second = 8; second < 100; ++second) history.add(sample(second));
  assert.deepEqual(history.reach(60), { note: 'in the last minute', heading: 'last minute' });
  history.add(sample(0, { started_at_seconds: 2 }));
  assert.equal(history.reach(60).note, 'in the 0 s since the restart');
});

test('a ratio to few messages is not shown', () => {
  const history = new History();
  const ratio = () => history.ratioOfMany((s) => s.switches, (s) => s.messages, 20, 3);
  history.add(sample(0, { messages: 0, switches: 0 }));
  assert.equal(ratio(), null);
  history.add(sample(1, { messages: 19, switches: 100 }));
  assert.equal(ratio(), null);
  history.add(sample(2, { messages: 60, switches: 120 }));
  assert.equal(ratio(), 2);
});

test('a sparkline of little is low', () => {
  const { line, peak } = sparkline([[10, 0], [0, 0.02]], { width: 100, height: 20, seconds: 10, least: 0.1 });
  assert.equal(line, 'M0.0 18.5L100.0 15.3');
  assert.equal(peak, 0.02);
});

test('the median stands in its column of the histogram', () => {
  assert.equal(placeOfMedian([0, 0, 0]), null);
  assert.equal(placeOfMedian([0, 8, 0]), 1.5);
  assert.equal(placeOfMedian([2, 0, 2]), 1);
  assert.equal(noneWords(10, 8), '8 other reasons: 0');
  assert.equal(noneWords(4, 3), '3 other reasons: 0');
  assert.match(noneWords(4, 4), /^None since the start/);
});

test('a round trip is shown with the bounds of its bucket', () => {
  const bounds = [0.01, 0.025];
  assert.deepEqual([0.005, 0.01, 0.018, 0.025, 0.03].map((value) => bucketOf(bounds, value)),
    [[0, 0.01], [0, 0.01], [0.01, 0.025], [0.01, 0.025], [0.025, null]]);
  const status = { rtt_seconds: { bounds }, retransmitted_segments: 1 };
  assert.equal(roundTripNote(status, 0.018), '10–25 ms with delayed ACKs · 1 retransmit');
  assert.equal(roundTripNote(status, null), '1 retransmit');
});

test('what grew between the last two answers is nothing until there are two', () => {
  const history = new History();
  const read = ({ messages }) => messages;
  history.add(sample(0, { messages: 5 }));
  assert.equal(history.growth(read), 0);
  history.add(sample(1, { messages: 9 }));
  assert.equal(history.growth(read), 4);
  history.add(sample(2, { messages: 10 }));
  assert.equal(history.growth(read), 1);
});
