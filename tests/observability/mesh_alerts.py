#!/usr/bin/env python3
"""mesh_alerts.py ROOT THREADECHO DIRECTORY: three real servers, each watched by four real watchers, in a real Prometheus
with the rules that are shipped. A stopped server, resets and a delay fire the alerts that are for them, and nothing else
does; all that the dashboard threadecho mesh and the rules on watchers ask for has data that can be true. Only times are
shorter, as in fault_alerts.py."""

import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import subjects
from evaluate import MAY_BE_ZERO, Window, all_complaints
from fault_alerts import INTERVAL, QUIET_SECONDS, SPAN, ask, firing, silent_for, with_short_times
from programs import Program, Threadecho, eventually
from prometheus_server import WATCH_JOB, Prometheus

NODES = ("red", "green", "blue")
AGGREGATES = "grey"  # a node whose watcher adds up the addresses of a target
FLAGS = ["--interval", "100ms", "--timeout", "500ms", "--connect-every", "500ms", "--idle", "2s", "--http-port", "0",
         "--http-bind-address", "127.0.0.1", "--version-port", "0"]
# A network that loses nothing sends nothing again; network_truth.py and the check paths have one that does.
MAY_BE_ZERO |= {"recording rule instance:threadecho_watch_tcp_retransmitted_segments:ratio_rate5m",
                "series instance:threadecho_watch_tcp_retransmitted_segments:ratio_rate5m",
                "panel 'The worst ten paths' C"}
MAY_HAVE_NO_DATA = {"panel 'TCP retransmits' A", "panel 'TCP retransmits' B"}


class Watcher(Program):
    def __init__(self, binary, directory, node, servers, *flags):
        targets = [f"127.0.0.1:{server.port}" for server in servers]
        super().__init__([str(binary), "watch", *targets, *FLAGS, *flags], directory / f"watch-{node}.log",
                         env={"PATH": os.environ["PATH"]})
        port = self.find(r"watching http=\S+:(\d+)").group(1)
        self.target = f"127.0.0.1:{port}"


def resets(server):
    """Ends each connection a few times, with enough time between for a new one to echo."""
    for _ in range(8):
        added = ask(server, "POST", "/faults", {"fault": "reset", "duration": "10m"})
        eventually("connections are reset", lambda: ask(server, "GET", "/faults")["faults"][0]["injected"] >= 3)
        ask(server, "DELETE", f"/faults/{added['id']}")
        time.sleep(0.3)


def stopped(server):
    server.process.send_signal(signal.SIGSTOP)
    yield
    server.process.send_signal(signal.SIGCONT)


def delayed(server):
    added = ask(server, "POST", "/faults", {"fault": "delay", "delay": "250ms", "duration": "10m"})
    yield
    ask(server, "DELETE", f"/faults/{added['id']}")


def refused(server):
    added = ask(server, "POST", "/faults", {"fault": "refuse", "duration": "10m"})
    yield
    ask(server, "DELETE", f"/faults/{added['id']}")


def flapping(server):
    resets(server)
    yield


TRIES = 5
# Within spans of seconds, a machine that has more to do than processors makes one message in a hundred late.
BUSY = {"ThreadechoPathSlow", "ThreadechoSlowThreadStart"}
CASES = [  # what is done to a server, the alert that it fires, and those that may fire with it
    (stopped, "ThreadechoPathDown", {"ThreadechoInstanceDown"}),
    (delayed, "ThreadechoPathSlow", {"ThreadechoSlowEcho"}),
    (refused, "ThreadechoPathDegraded", {"ThreadechoRejecting"}),
    (flapping, "ThreadechoPathFlapping", {"ThreadechoConnectionsLost", "ThreadechoPathDown"}),
]


def left_over(prometheus, others):
    """Waits until all alerts are silent, and stay so. Those that may fire with a case may come late."""
    for _ in range(TRIES):
        found = set(silent_for(prometheus, QUIET_SECONDS))
        if not found or found - others:
            break
    return found


def complaints(server, prometheus):
    if before := left_over(prometheus, BUSY):
        yield f"before anything is wrong {sorted(before)} fire"
    for case, alert, others in CASES:
        began = time.monotonic()
        doing = case(server)
        next(doing)
        eventually(f"{alert} fires", lambda alert=alert: alert in firing(prometheus))
        print(f"{case.__name__}: {alert} fired after {time.monotonic() - began:.1f} s")
        if unwanted := set(firing(prometheus)) - {alert} - others - BUSY:
            yield f"{case.__name__} fires {sorted(unwanted)} too"
        next(doing, None)
        if after := left_over(prometheus, others | BUSY):
            yield f"after {case.__name__} {sorted(after)} fire"


def paths_complaints(prometheus):
    """Three rows and three columns, each path once."""
    paths = prometheus.at('count by (watcher_node, target) (threadecho_watch_up{address!=""})', time.time())
    if len(paths) != len(NODES) ** 2 or any(value != [1] for _, value in paths):
        yield f"the paths are {paths}"


def main():
    root, binary, directory = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shown = subjects.dashboard(root, subjects.MESH).expressions()
    recorded, alerts = ([one for one in several if subjects.is_of_watch(one)] for several in subjects.rule_expressions(root))
    with contextlib.ExitStack() as stack:
        servers = []
        for node in NODES:
            servers.append(Threadecho(binary, directory, node, {"FAULTS": "on", "THREAD_MODEL": "pool"}))
            stack.callback(servers[-1].kill)
        watchers = {node: Watcher(binary, directory, node, servers) for node in NODES}
        watchers[AGGREGATES] = Watcher(binary, directory, AGGREGATES, servers, "--aggregate")
        for watcher in watchers.values():
            stack.callback(watcher.kill)
        prometheus = Prometheus(root, directory / "prometheus", [server.target for server in servers], INTERVAL,
                                with_short_times, {node: watcher.target for node, watcher in watchers.items()})
        stack.callback(prometheus.kill)
        began = time.time()
        paths = len(servers) * len(watchers)
        eventually("all paths are up", lambda: prometheus.at(f"sum(threadecho_watch_up) == {paths}", time.time()))
        found = [*paths_complaints(prometheus), *complaints(servers[-1], prometheus)]
        watchers["blue"].kill()
        missed = f'count_over_time((up{{job="{WATCH_JOB}"}} == 0)[10s:{INTERVAL}]) > 3'
        eventually("a watcher is missed", lambda: prometheus.at(missed, time.time()))
        window = Window(prometheus, began, time.time(), SPAN, INTERVAL, WATCH_JOB)
        found += [text for text in all_complaints(window, shown, recorded, alerts)
                  if text.removesuffix(": no data") not in MAY_HAVE_NO_DATA]
    for complaint in found:
        print(complaint)
    print(f"{len(CASES)} cases, {len(shown)} expressions of the dashboard: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
