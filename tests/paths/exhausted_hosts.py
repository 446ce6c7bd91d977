"""No file descriptor is left, at the server or at the watcher: connections that are there go on, new ones do not come."""

import os
import resource

from judges import must
from programs import eventually
from watched import INTERVAL, TIMEOUT, figure, not_told, now, path_case, watched

FRESH = {"connect_every": f"{INTERVAL:g}s"}


def take_descriptors(pid, left):
    """Leaves so many of them. Returns what gives them back."""
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + left, usual[1]))
    return lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)


def lasting_ones(watcher, moment):
    return [f"lost too: {loss}" for loss in watcher.losses(moment) if loss["connection"] == "lasting"]


@path_case("a_server_without_descriptors_takes_no_fresh_connection_and_keeps_the_lasting_one")
def server_without(ground):
    _, server, watcher = watched(ground, flags=FRESH)
    give_back = take_descriptors(server.pid, 0)
    moment = now()
    loss = watcher.has_lost(moment)
    eventually("accept fails", lambda: "cannot accept a client" in server.output())
    must(not_told(loss, moment, most=2 * INTERVAL + TIMEOUT, reason="echo_timeout", connection="fresh", place="waiting"),
         lasting_ones(watcher, moment))
    give_back()
    eventually("a fresh connection is back", lambda: watcher.lines("connection back", moment))
    assert server.metric('threadecho_accept_errors_total{error="EMFILE"}') > 0
    return figure(loss, moment)


@path_case("a_watcher_without_descriptors_blames_its_own_host_and_keeps_the_lasting_one")
def watcher_without(ground):
    _, _, watcher = watched(ground, flags=FRESH)
    give_back = take_descriptors(watcher.process.pid, -1)
    moment = now()
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="local_limit", connection="fresh", place="connecting"),
         lasting_ones(watcher, moment))
    give_back()
    eventually("a fresh connection is back", lambda: watcher.lines("connection back", moment))
    return figure(loss, moment)
