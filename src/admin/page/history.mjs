// What the answers of /status say over time. No DOM here.

export const kSeconds = 120;

/** The value below which `share` of the samples lie, interpolated in its bucket; null without samples. */
export function quantile(bounds, counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let rank = share * total;
  for (let i = 0; i < counts.length; ++i) {
    if (counts[i] > 0 && rank <= counts[i]) {
      const low = i === 0 ? 0 : bounds[i - 1];
      const high = i < bounds.length ? bounds[i] : bounds[bounds.length - 1];
      return low + (high - low) * (rank / counts[i]);
    }
    rank -= counts[i];
  }
  return bounds[bounds.length - 1];
}

/** The bounds of the bucket that `value` is in, with 0 below the first; the last bucket has no upper one. */
export function bucketOf(bounds, value) {
  const i = bounds.findIndex((bound) => value <= bound);
  return i < 0 ? [bounds.at(-1), null] : [i === 0 ? 0 : bounds[i - 1], bounds[i]];
}

/** `later` less `earlier`, for numbers, arrays and objects of them. */
export function difference(later, earlier) {
  if (typeof later === 'number') return later - earlier;
  if (Array.isArray(later)) return later.map((value, i) => value - earlier[i]);
  return Object.fromEntries(Object.entries(later).map(([name, value]) => [name, value - (earlier[name] ?? 0)]));
}

/** Time is the uptime of the server, which no change of a clock moves. */
export class History {
  #samples = [];
  #hasRestarted = false;

  /** Adds an answer. One from another start of the server, or of another server, begins a new history: then it returns true. */
  add(status) {
    const last = this.last;
    const restarted = last !== undefined && last.started_at_seconds !== status.started_at_seconds;
    if (restarted) this.#samples = [];
    this.#hasRestarted ||= restarted;
    if (!restarted && last !== undefined && status.uptime_seconds <= last.uptime_seconds) return restarted;
    this.#samples.push(status);
    while (status.uptime_seconds - this.#samples[0].uptime_seconds > kSeconds + 1) this.#samples.shift();
    return restarted;
  }

  get last() {
    return this.#samples.at(-1);
  }

  get length() {
    return this.#samples.length;
  }

  /** The last `seconds` in words, for a note and for a heading; less if the history is shorter. */
  reach(seconds = 60) {
    const known = Math.round(this.last.uptime_seconds - this.#samples[0].uptime_seconds);
    if (known >= seconds - 1) return { note: 'in the last minute', heading: 'last minute' };
    return { note: `in the ${known} s since ${this.#hasRestarted ? 'the restart' : 'this page opened'}`, heading: `last ${known} s` };
  }

  /** The sample `seconds` before the last one, or the oldest there is. */
  before(seconds) {
    const from = this.last.uptime_seconds - seconds;
    return this.#samples.find((sample) => sample.uptime_seconds >= from - 0.5) ?? this.#samples[0];
  }

  /** How much `read(sample)` grew between the last two answers. */
  growth(read) {
    return this.#samples.length > 1 ? read(this.last) - read(this.#samples.at(-2)) : 0;
  }

  /** How much `read(sample)` grew a second over the last `seconds`; null until there are two samples. */
  rate(read, seconds = 1) {
    const earlier = this.#samples.length > 1 ? this.#earlierThanLast(seconds) : undefined;
    return earlier ? (read(this.last) - read(earlier)) / (this.last.uptime_seconds - earlier.uptime_seconds) : null;
  }

  /** The growth of `top` for each of `bottom`; null while `bottom` does not grow. */
  ratio(top, bottom, seconds = 1) {
    const below = this.rate(bottom, seconds);
    return below ? this.rate(top, seconds) / below : null;
  }

  /** As `ratio`, but null while `bottom` grows by less than `least` a second: then `top` is mostly other work. */
  ratioOfMany(top, bottom, least, seconds) {
    return (this.rate(bottom, seconds) ?? 0) < least ? null : this.ratio(top, bottom, seconds);
  }

  /** A quantile of what a histogram took in over the last `seconds`. */
  quantile(name, share, seconds = 10) {
    const last = this.last[name];
    const earlier = this.#samples.length > 1 ? this.#earlierThanLast(seconds)[name] : null;
    return earlier ? quantile(last.bounds, difference(last.counts, earlier.counts), share) : null;
  }

  /** `[seconds ago, value]` of what `read(history so far)` gives at each sample; null values are left out. */
  series(read) {
    const points = [];
    const view = new History();
    const now = this.last.uptime_seconds;
    for (const sample of this.#samples) {
      view.#samples.push(sample);
      const value = read(view);
      if (value !== null) points.push([now - sample.uptime_seconds, value]);
    }
    return points;
  }

  #earlierThanLast(seconds) {
    const earlier = this.before(seconds);
    return earlier === this.last ? this.#samples.at(-2) : earlier;
  }
}
