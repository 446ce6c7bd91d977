// Sentences about an answer of /status. No DOM here.

import * as format from './format.mjs';

export function modelWords(status) {
  const pool = status.pool_threads ? format.plural(status.pool_threads, 'thread') : 'threads';
  const one = status.pool_threads === 1;
  switch (status.thread_model) {
    case 'per-connection':
      return 'per-connection: each client has a thread of its own';
    case 'blocking-pool':
      return `blocking-pool: ${pool}, ${one ? 'one client at a time' : 'each serves one client at a time'}`;
    case 'pool':
      return `pool: ${pool} ${one ? 'serves' : 'share'} all clients`;
    default:
      return status.thread_model;
  }
}

const inSeconds = (left) => `${left.toFixed(left < 10 ? 1 : 0)} s`;

/** The server's state: a kind for its colour, a text for the header, one for the title of the page, and one to say aloud,
 * which changes only with the state. */
export function stateOf(status) {
  const { active, limit } = status.connections;
  const { drain } = status;
  if (drain?.accepting) {
    const ready = status.readiness === 'ready' ? 'Ready' : 'Not ready';
    return { kind: 'warn', title: 'Draining soon', said: `${ready}, the drain begins soon`,
      text: `${ready} · accepting for ${inSeconds(drain.accepting_seconds_left)} more` };
  }
  if (drain) {
    return { kind: 'warn', title: 'Draining', said: 'Draining',
      text: `Draining · ${inSeconds(drain.seconds_left)} left · ${format.plural(active, 'connection')} left` };
  }
  const state = (kind, said, text = said) => ({ kind, title: format.plural(active, 'connection'), said, text });
  switch (status.readiness) {
    case 'full':
      return state('bad', 'Full', `Full · ${format.exact(active)} of ${format.exact(limit)} connections`);
    case 'out_of_threads':
      return state('bad', 'Out of threads');
    case 'unready_on_demand':
      return state('bad', 'Not ready: the fault unready is active');
    default:
      return state('good', 'Ready');
  }
}

/** The next steps of a drain, in words. */
export function drainWords(status) {
  const { active } = status.connections;
  const { drain } = status;
  if (drain.accepting) {
    const ready = status.readiness === 'ready' ? 'Ready, and still accepting' : 'Not ready; still accepting';
    return `${ready} for ${inSeconds(drain.accepting_seconds_left)}. Then connections have ${
      inSeconds(drain.seconds_left - drain.accepting_seconds_left)} to finish.`;
  }
  if (active === 0) return 'Every connection has ended. The server stops.';
  return `${format.plural(active, 'connection')} may finish in the next ${inSeconds(drain.seconds_left)}. Connections still open then are closed.`;
}

const hours24 = (time) => new Date(time).toLocaleTimeString('en-GB');

/** The words for a server that does not answer: `last` is its last answer, which came at `at`, `ago` seconds before now. */
export function lostWords(last, at, ago) {
  const since = `since ${hours24(at)} (${format.duration(ago)} ago)`;
  if (last?.drain) {
    return { kind: 'warn', title: 'Stopped',
      text: `The server was draining and has stopped. No answer ${since}. The numbers below are from its last answer.` };
  }
  return { kind: 'bad', title: 'No answer',
    text: `No answer from the server ${since}. The numbers below are from its last answer. This page keeps trying.` };
}

export function restartWords(status) {
  return `The server was restarted at ${hours24(1000 * status.started_at_seconds)}.`;
}

const size = (number) => format.text(format.bytes(number));
const after = (fault) => (fault.after_bytes > 0 ? ` after ${format.plural(fault.after_bytes, 'byte')}` : '');
const kFaults = {
  delay: (fault) => `Delay of ${format.interval(fault.delay_seconds)}${
    fault.jitter_seconds > 0 ? ` ± ${format.interval(fault.jitter_seconds)}` : ''}`,
  throttle: (fault) => `Throttle to ${size(fault.bytes_per_second)}/s`,
  stall: (fault) => `Stall${after(fault)}`,
  close: (fault) => `Close${after(fault)}`,
  reset: (fault) => `Reset${after(fault)}`,
  corrupt: (fault) => `Wrong byte${after(fault)}`,
  refuse: () => 'Refuse clients',
  unready: () => 'Not ready',
};

/** What a fault does, to which clients, for how much longer, and how often it did: "Delay of 200 ms for all clients · …". */
export function faultWords(fault) {
  const { share = 1, clients = [], scope, left_seconds: left = 0, injected = 0 } = fault;
  const what = kFaults[fault.fault]?.(fault) ?? fault.fault;
  const some = share < 1 ? `${format.percent(share)} of ` : '';
  const all = scope === 'new' ? 'new connections' : clients.length > 0 || some ? 'clients' : 'all clients';
  const target = `${some}${all}${clients.length > 0 ? ` from ${clients.join(', ')}` : ''}`;
  const parts = [fault.fault === 'unready' ? what : `${what}${fault.fault === 'delay' ? ' for ' : ', '}${target}`,
    `${format.duration(left)} left`,
    injected === 0 ? 'not injected yet' : `injected ${injected === 1 ? 'once' : `${format.exact(injected)} times`}`];
  return parts.join(' · ');
}

/** Reasons of closed and refused connections that do not read as words. */
const kReasons = { drain_forced: 'ended by the drain', drained: 'finished in the drain', max_per_client: 'limit per client',
  max_connections: 'limit of connections', thread_limit: 'limit of threads', max_age: 'maximum age' };

export function reasonWords(name) {
  return kReasons[name] ?? name.replaceAll('_', ' ');
}

/** `[what, command]` for this server, as seen from this browser. */
export function commands(location, echoPort) {
  const echo = `${location.hostname}:${echoPort}`;
  const host = location.hostname.replace(/^\[|\]$/g, '');
  const metrics = new URL('metrics', location.href).href;
  return [
    ['Talk to it', `nc ${host} ${echoPort}`],
    ['Check the path, byte for byte', `threadecho probe ${echo}`],
    ['Load it with 64 clients', `threadecho load ${echo} --connections 64`],
    ['Read the metrics', `curl -s '${metrics}'`],
  ];
}
