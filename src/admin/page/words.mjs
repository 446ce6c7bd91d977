// Sentences about an answer of /status. No DOM here.

import * as format from './format.mjs';

export function modelWords(status) {
  const pool = status.pool_threads ? format.plural(status.pool_threads, 'thread') : 'threads';
  switch (status.thread_model) {
    case 'per-connection':
      return 'per-connection: each client has a thread of its own';
    case 'blocking-pool':
      return `blocking-pool: ${pool}, each serves one client at a time`;
    case 'pool':
      return `pool: ${pool} share all clients`;
    default:
      return status.thread_model;
  }
}

/** The server's state: a kind for its colour, a text for the header, and one for the title of the page. */
export function stateOf(status) {
  const { active } = status.connections;
  if (status.drain) {
    return { kind: 'warn', title: 'Draining', text: `Draining · ${secondsLeft(status)} left · ${format.plural(active, 'connection')} left` };
  }
  const title = format.plural(active, 'connection');
  switch (status.readiness) {
    case 'full':
      return { kind: 'bad', title, text: `Full · ${format.exact(active)} of ${format.exact(status.connections.limit)} connections` };
    case 'out_of_threads':
      return { kind: 'bad', title, text: 'Out of threads' };
    case 'unready_on_demand':
      return { kind: 'bad', title, text: 'Unready on demand' };
    default:
      return { kind: 'good', title, text: 'Ready' };
  }
}

function secondsLeft(status) {
  return `${status.drain.seconds_left.toFixed(status.drain.seconds_left < 10 ? 1 : 0)} s`;
}

export function drainWords(status) {
  const { active } = status.connections;
  if (active === 0) return 'Every connection has ended. The server stops.';
  return `${format.plural(active, 'connection')} may finish in the next ${secondsLeft(status)}. What is still open then is ended.`;
}

/** A fault of /status: its name, then every other field as it is called. */
export function faultWords(fault) {
  const { fault: name, ...fields } = fault;
  const rest = Object.entries(fields).map(([key, value]) => `${key.replaceAll('_', ' ')} ${Array.isArray(value) ? value.join(', ') : value}`);
  return [name, ...rest].join(' · ');
}

/** `[what, command]` for this server, as seen from this browser. */
export function commands(location, echoPort) {
  const echo = `${location.hostname}:${echoPort}`;
  const host = location.hostname.replace(/^\[|\]$/g, '');
  const metrics = new URL('metrics', location.href).href;
  return [
    ['Talk to it', `nc ${host} ${echoPort}`],
    ['Check the path, byte for byte', `threadecho probe ${echo}`],
    ['Put 64 clients on it', `threadecho load ${echo} --connections 64`],
    ['Read the metrics', `curl -s '${metrics}'`],
  ];
}
