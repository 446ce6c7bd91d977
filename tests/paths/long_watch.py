"""Eight hours of a watcher in ten minutes (LONG_WATCH_SECONDS=600), or in a few seconds: with a message each 10 ms, a path
that breaks each second and a name that moves each other second, it holds what it held before."""

import os
import time
from pathlib import Path

from judges import must
from programs import eventually
from watched import SERVERS, now, path_case, watched

SECONDS = float(os.environ.get("LONG_WATCH_SECONDS", "12"))
WARM = 0.4  # of that time: what is needed once has been taken by then
LOOKS = 30
MORE_MEMORY = 512  # KiB: pages that the allocator has not touched before


def held(watcher):
    """Resident memory in KiB, descriptors, threads, and series."""
    status = Path(f"/proc/{watcher.process.pid}/status").read_text(encoding="utf-8")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    names = sorted(name.replace(SERVERS[1], SERVERS[0]) for name in watcher.series())
    return int(fields["VmRSS"].split()[0]), {"descriptors": descriptors(watcher), "threads": int(fields["Threads"]),
                                             "series": names}


def descriptors(watcher):
    """The fewest of several looks: fresh connections come and go."""
    counts = []
    for _ in range(LOOKS):
        counts.append(len(os.listdir(f"/proc/{watcher.process.pid}/fd")))
        time.sleep(0.01)
    return min(counts)


@path_case("a_watcher_holds_after_hours_what_it_held_before", lasts=True)
def long_watch(ground):
    network, server, watcher = watched(ground, flags={"interval": "10ms", "connect_every": "100ms", "idle": "1s",
                                                      "resolve_every": "100ms"})
    began, moment, rounds, before = time.monotonic(), now(), 0, None
    while time.monotonic() < began + SECONDS:
        network.tell("reset")
        if rounds % 2:
            network.name(SERVERS[rounds // 2 % 2])
        rounds += 1
        time.sleep(1)
        if not before and time.monotonic() > began + WARM * SECONDS:
            before = at_rest(watcher)
    after = at_rest(watcher)
    messages = sum(value for name, value in watcher.series().items() if "round_trip_seconds_count" in name)
    must([f"{after[0]} KiB, {before[0]} before"] if after[0] > before[0] + MORE_MEMORY else [],
         [f"{name}: {after[1][name]}, {value} before" for name, value in before[1].items() if after[1][name] != value],
         [] if len(watcher.losses(moment)) >= rounds / 2 else ["the path has hardly broken"])
    return (f"{messages:.0f} messages and {len(watcher.losses(moment))} losses in {SECONDS:g} s: {after[0]} KiB "
            f"({before[0]} before), {len(after[1]['series'])} series, {after[1]['descriptors']} descriptors")


def at_rest(watcher):
    """What it holds with its connections up."""
    watcher.is_up()
    eventually("it holds the same twice", lambda: held(watcher)[1] == held(watcher)[1])
    return held(watcher)
