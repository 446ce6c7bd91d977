// What the page says of a path. No DOM here.

import * as format from './format.mjs';

/** A path that was down within this time is not yet good again. */
const kRecent = 600;

const seconds = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;

/** Kind for the colour, and the word for it. */
export function stateOf(path, now) {
  if (path.state === 'down') return { kind: 'bad', word: `down for ${format.duration(seconds(path.since, now))}` };
  if (path.failing.length > 0) return { kind: 'warn', word: `up, but ${path.failing.join(' and ')} connections fail` };
  if (path.state === 'starting') return { kind: 'warn', word: 'starting' };
  if (path.last_loss && seconds(path.last_loss.time, now) < kRecent) {
    return { kind: 'warn', word: `up, lost a connection ${format.duration(seconds(path.last_loss.time, now))} ago` };
  }
  return { kind: 'good', word: 'up' };
}

export function nameOf(path) {
  return path.node ? `${path.node} (${path.address})` : path.address;
}

/** The second line: round trip, share of messages lost, retransmits. */
export function figuresOf({ messages, round_trip_seconds, retransmitted_segments }) {
  const all = messages.ok + messages.lost + messages.wrong;
  const bad = all === 0 ? 0 : (messages.lost + messages.wrong) / all;
  const trip = round_trip_seconds === null ? 'no echo' : format.text(format.time(round_trip_seconds));
  return `${trip} · ${format.percent(bad)} lost · ${format.plural(retransmitted_segments, 'retransmit')}`;
}

export function lossWords({ reason, place, connection }) {
  return `last loss: ${reason.replaceAll('_', ' ')}, ${place.replaceAll('_', ' ')}, ${connection} connection`;
}

/** How long the last loss kept a path from its clients. */
export function outageWords({ failing, last_loss: { connection, outage_seconds: outage } }) {
  if (outage === null) return 'still down';
  if (failing.includes(connection)) return 'still failing';
  return outage === 0 ? 'none' : format.text(format.time(outage));
}

/** The paths that contain every word of `filter`. */
export function filtered(paths, filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return paths.filter(({ target, path }) => {
    const text = `${target} ${path.address} ${path.node ?? ''} ${path.pod ?? ''} ${path.state}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Its name is not found, so there is nothing to watch. */
const isUnfound = ({ error, paths }) => Boolean(error) && paths.length === 0;

/** The word for all of them. A target without any path has a name that is not found, or not looked up yet. */
export function summary(paths, targets) {
  const down = paths.filter(({ path }) => path.state === 'down').length;
  const nameless = targets.filter(isUnfound).length;
  const unfound = nameless === 0 ? '' : `, ${format.plural(nameless, 'name')} not found`;
  if (paths.length === 0) return { kind: nameless === 0 ? 'warn' : 'bad', text: `No paths${unfound}` };
  const text = down === 0 ? `${format.plural(paths.length, 'path')}, none down`
    : `${format.exact(down)} of ${format.plural(paths.length, 'path')} down`;
  return { kind: down === 0 && nameless === 0 ? 'good' : 'bad', text: text + unfound };
}

/** Targets with a path that is down, or without any, first: among a thousand they would be out of sight. */
export function worstFirst(targets) {
  const isBad = (target) => isUnfound(target) || target.paths.some(({ state }) => state === 'down');
  return [...targets.filter(isBad), ...targets.filter((target) => !isBad(target))];
}

/** Each path's last loss, the newest first. */
export function lossesOf(paths) {
  return paths.filter(({ path }) => path.last_loss)
    .sort((one, other) => Date.parse(other.path.last_loss.time) - Date.parse(one.path.last_loss.time));
}
