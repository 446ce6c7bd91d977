import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../src/admin/page/format.mjs';

const texts = (write, values) => values.map((value) => format.text(write(value)));

test('counts have at most five digits, then a unit', () => {
  assert.deepEqual(texts(format.count, [0, 7, 99_999, 100_000, 1_234_567, 999_949_999, 5e9, null]),
    ['0', '7', '99,999', '100 k', '1.23 M', '1,000 M', '5.00 G', '–']);
});

test('bytes have three digits and a binary unit', () => {
  assert.deepEqual(texts(format.bytes, [0, 1, 999, 1000, 1536, 1024 * 1024, 3 * 2 ** 40]),
    ['0 B', '1 B', '999 B', '0.98 KiB', '1.50 KiB', '1.00 MiB', '3.00 TiB']);
  assert.deepEqual(texts(format.bytesPerSecond, [2048, null]), ['2.00 KiB/s', '–']);
});

test('rates are whole from 100 on', () => {
  assert.deepEqual(texts(format.perSecond, [0, 1.5, 99.4, 1234.5, 123_456, null]),
    ['0 /s', '1.50 /s', '99.4 /s', '1,235 /s', '123 k/s', '–']);
});

test('short times have the unit that fits', () => {
  assert.deepEqual(texts(format.time, [0, 7.74e-6, 0.00025, 0.0012, 0.9996, 30, null]),
    ['0 µs', '7.74 µs', '250 µs', '1.20 ms', '1.00 s', '30.0 s', '–']);
});

test('estimated times have two digits that count', () => {
  assert.deepEqual(texts(format.roughTime, [0, 9.53e-6, 83.7e-6, 0.000251, 0.0376, 1.234, null]),
    ['0 µs', '≈ 9.5 µs', '≈ 84 µs', '≈ 250 µs', '≈ 38 ms', '≈ 1.2 s', '–']);
});

test('chosen times have no empty digits', () => {
  assert.deepEqual([[0.01, 0.025], [0.0005, 0.001], [0, 25e-6], [1, null]].map(format.range),
    ['10–25 ms', '500 µs – 1 ms', 'up to 25 µs', 'more than 1 s']);
  assert.deepEqual([0.2, 1.5, 0.05, 120].map(format.interval), ['200 ms', '1.5 s', '50 ms', '2 min']);
});

test('durations have the two largest units', () => {
  assert.deepEqual([0, 0.9, 59, 60, 185, 7200, 7260, 90_000, -3].map(format.duration),
    ['0 s', '0 s', '59 s', '1 min', '3 min 5 s', '2 h', '2 h 1 min', '1 d 1 h', '0 s']);
});

test('shares are percent, and a trace is not nothing', () => {
  assert.deepEqual([0, 0.0005, 0.012, 0.5, 1].map(format.percent), ['0 %', '< 0.1 %', '1.2 %', '50 %', '100 %']);
});

test('one is singular', () => {
  assert.deepEqual([0, 1, 1234].map((number) => format.plural(number, 'client')), ['0 clients', '1 client', '1,234 clients']);
});
