// What each thread has done over the last minute, from the answers of /threads. No DOM here.

export const kWindowSeconds = 60;
/** A lane that the last answer does not name stays this long: an ended thread is seen to end. */
const kKeptSeconds = 4;
const kNothing = { cpu_seconds: 0, cpu_wait_seconds: 0, messages: 0 };

/** What a thread's clients make of it: the kind of a moment. */
function kindOf(thread) {
  if (thread.clients === 0) return 'idle';
  if (thread.ending === thread.clients) return 'ending';
  return thread.stalled * 2 >= thread.clients && thread.stalled > 0 ? 'stalled' : 'waiting';
}

/** Threads in the order of their numbers: pool-2 before pool-10. */
export function byName(one, other) {
  return one.name.localeCompare(other.name, 'en', { numeric: true });
}

/** The share of a core, running and waiting together, that few moments of `lanes` exceed; rounded up to a round one.
 * `before`, the last scale, stays as long as it fits roughly, so that the picture does not jump. */
export function scaleOf(lanes, before = 0) {
  const shares = lanes.flatMap((lane) => lane.samples.slice(1).map((sample) => sample.running + sample.wanting));
  shares.sort((one, other) => one - other);
  const usual = shares[Math.floor(shares.length * 0.95)] ?? 0;
  if (usual <= before && usual * 5 > before) return before;
  return [0.05, 0.1, 0.2, 0.5].find((step) => usual <= step) ?? 1;
}

export class Lanes {
  #lanes = new Map();
  #lastAt = null;
  #wasComplete = false;

  /** Takes an answer of /threads for at most `most` that came at `now`, in seconds of any clock that does not go back.
   * `left` clients have left since the last one. Returns how many threads it saw end. */
  add(answer, now, most = 200, left = 0) {
    const isComplete = answer.total <= most;
    let ended = 0;
    for (const thread of answer.threads) {
      const key = `${thread.tid} ${thread.name}`;
      const lane = this.#lanes.get(key) ?? this.#begin(key, thread);
      lane.samples.push(this.#sample(lane, thread, now));
      lane.thread = thread;
      lane.seenAt = now;
      lane.hasEnded = false;
      lane.hasLostClients = left > 0;
      while (lane.samples.length > 0 && now - lane.samples[0].at > kWindowSeconds + 2) lane.samples.shift();
    }
    for (const [key, lane] of this.#lanes) {
      if (now - lane.seenAt > kKeptSeconds) this.#lanes.delete(key);
      else if (lane.seenAt !== now && isComplete && !lane.hasEnded) {
        this.#end(lane, now);
        ++ended;
      }
    }
    this.#lastAt = now;
    this.#wasComplete = isComplete;
    return ended;
  }

  clear() {
    this.#lanes.clear();
    this.#lastAt = null;
  }

  /** The lanes to show, at most `most`: the busiest, in the order of their names. */
  shown(most) {
    let lanes = [...this.#lanes.values()].filter((lane) => lane.seenAt === this.#lastAt || lane.hasEnded);
    if (lanes.length > most) {
      lanes.sort((one, other) => other.seenAt - one.seenAt
        || other.samples.at(-1).messagesPerSecond - one.samples.at(-1).messagesPerSecond || other.thread.messages - one.thread.messages);
      lanes = lanes.slice(0, most);
    }
    return lanes.sort(byName);
  }

  /** A thread that the last answer would have named, had it been there, began after it: all it has done is new. */
  #begin(key, thread) {
    const lane = { key, name: thread.name, samples: [] };
    if (this.#lastAt !== null && this.#wasComplete) {
      lane.samples.push({ at: this.#lastAt, kind: kindOf(thread), running: 0, wanting: 0, messagesPerSecond: 0 });
      lane.thread = kNothing;
      lane.seenAt = this.#lastAt;
    }
    this.#lanes.set(key, lane);
    return lane;
  }

  #end(lane, now) {
    lane.hasEnded = true;
    lane.hasLostClients = false;
    lane.samples.push({ at: now, kind: 'ending', running: 0, wanting: 0, messagesPerSecond: 0 });
  }

  #sample(lane, thread, now) {
    const sample = { at: now, kind: kindOf(thread), running: 0, wanting: 0, messagesPerSecond: 0 };
    const before = lane.thread;
    const seconds = now - lane.seenAt;
    if (before && seconds > 0) {
      const share = (name) => Math.min(1, Math.max(0, (thread[name] - before[name]) / seconds));
      sample.running = share('cpu_seconds');
      sample.wanting = Math.min(1 - sample.running, share('cpu_wait_seconds'));
      // Clients may have left the thread since, and took their counts along.
      sample.messagesPerSecond = Math.max(0, (thread.messages - before.messages) / seconds);
    }
    return sample;
  }
}
