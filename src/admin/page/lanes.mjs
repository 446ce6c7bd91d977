// What each thread has done over the last minute, from the answers of /threads. No DOM here.

export const kWindowSeconds = 60;
/** An ended thread stays this long, so that it can be seen to end. */
const kShownAfterEndSeconds = 4;

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

export class Lanes {
  #lanes = new Map();

  /** Takes an answer of /threads that came at `now`, in seconds of any clock that does not go back. */
  add(answer, now) {
    for (const thread of answer.threads) {
      const key = `${thread.tid} ${thread.name}`;
      const lane = this.#lanes.get(key) ?? { key, name: thread.name, samples: [] };
      this.#lanes.set(key, lane);
      lane.samples.push(this.#sample(lane, thread, now));
      lane.thread = thread;
      lane.seenAt = now;
      while (lane.samples.length > 0 && now - lane.samples[0].at > kWindowSeconds + 2) lane.samples.shift();
    }
    for (const [key, lane] of this.#lanes) {
      if (now - lane.seenAt > kShownAfterEndSeconds) this.#lanes.delete(key);
    }
  }

  clear() {
    this.#lanes.clear();
  }

  /** The lanes to show, at most `most`: the busiest, in the order of their names. */
  shown(most) {
    let lanes = [...this.#lanes.values()];
    if (lanes.length > most) {
      lanes.sort((one, other) => other.seenAt - one.seenAt || other.thread.messages - one.thread.messages);
      lanes = lanes.slice(0, most);
    }
    return lanes.sort(byName);
  }

  /** The share of a core, running and waiting together, that few moments of `lanes` exceed; rounded up to a round one. */
  static scale(lanes) {
    const shares = lanes.flatMap((lane) => lane.samples.slice(1).map((sample) => sample.running + sample.wanting));
    shares.sort((one, other) => one - other);
    const usual = shares[Math.floor(shares.length * 0.95)] ?? 0;
    return [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((step) => usual <= step) ?? 1;
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
