// Numbers as people read them. Each function that returns a pair gives a value and its unit.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1234567 as "1,234,567". */
export function exact(number) {
  return whole.format(number);
}

function threeDigits(number) {
  if (number === 0) return '0';
  if (number >= 100) return whole.format(number);
  return number.toFixed(number >= 10 ? 1 : 2);
}

/** A count, with at most six digits: 12,345 or 1.23 M. */
export function count(number) {
  if (number === null) return ['–', ''];
  if (number < 99_999.5) return [Number.isInteger(number) || number >= 100 ? whole.format(number) : threeDigits(number), ''];
  if (number < 999_950) return [threeDigits(number / 1e3), 'k'];
  return number < 999_950_000 ? [threeDigits(number / 1e6), 'M'] : [threeDigits(number / 1e9), 'G'];
}

/** A small decimal number. */
export function decimal(number) {
  return number === null ? ['–', ''] : [threeDigits(number), ''];
}

/** 1536 as 1.50 KiB. */
export function bytes(number) {
  if (number === null) return ['–', ''];
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1024;
    ++unit;
  }
  return [unit === 0 ? whole.format(number) : threeDigits(number), units[unit]];
}

export function bytesPerSecond(number) {
  const [value, unit] = bytes(number);
  return [value, unit && `${unit}/s`];
}

export function perSecond(number) {
  const [value, unit] = count(number === null ? null : number >= 100 ? Math.round(number) : number);
  return [value, value === '–' ? '' : `${unit}/s`];
}

/** A short time in seconds: 12.3 µs, 4.00 ms, 2.10 s. */
export function time(seconds) {
  if (seconds === null) return ['–', ''];
  if (seconds < 0.9995e-3) return [threeDigits(seconds * 1e6), 'µs'];
  if (seconds < 0.9995) return [threeDigits(seconds * 1e3), 'ms'];
  return [threeDigits(seconds), 's'];
}

/** How long something has lasted: 12 s, 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function duration(seconds) {
  const total = Math.max(0, Math.floor(seconds));
  const parts = [[Math.floor(total / 86400), 'd'], [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'], [total % 60, 's']];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/** A share of 1 in percent. */
export function percent(share) {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(1) : '< 0.1'} %`;
}

/** A time that was chosen, such as a delay: 200 ms, 1.5 s, 2 min. */
export function interval(seconds) {
  if (seconds >= 60) return duration(seconds);
  const [value, unit] = time(seconds);
  return `${Number(value)} ${unit}`;
}

/** The bounds of a bucket of times: 10–25 ms, 500 µs – 1 ms; the last one has no upper bound. */
export function range([low, high]) {
  if (high === null) return `more than ${interval(low)}`;
  const [value, unit] = time(low);
  if (low === 0) return `up to ${interval(high)}`;
  return unit === time(high)[1] ? `${Number(value)}–${interval(high)}` : `${interval(low)} – ${interval(high)}`;
}

/** A time estimated from the coarse buckets of a histogram: two digits count. */
export function roughTime(seconds) {
  if (seconds === null || seconds === 0) return time(seconds);
  const [value, unit] = time(Number(seconds.toPrecision(2)));
  return [`≈ ${Number(value)}`, unit];
}

/** A pair as one text. */
export function text([value, unit]) {
  return unit ? `${value} ${unit}` : value;
}

/** `number` of a thing, in words: "1 client", "2 clients". */
export function plural(number, thing) {
  return `${exact(number)} ${thing}${number === 1 ? '' : 's'}`;
}
