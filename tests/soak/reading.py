"""What a server holds at one moment, and what of that differs from what it held at its start."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

# Gauges that need not come back to the byte. All others must.
MOVING = {"process_resident_memory_bytes", "process_virtual_memory_bytes"}
# What the allocator may keep for later, beyond what a server held after its first round of traffic.
MOST_GROWTH_KIB = 4096


@dataclass(frozen=True)
class Reading:
    threads: int
    descriptors: int
    resident_kib: int
    series: frozenset = frozenset()
    gauges: dict = field(default_factory=dict)
    counters: dict = field(default_factory=dict)


def parse(exposition):
    """{series: value} of the gauges, and of everything else."""
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", exposition, re.MULTILINE))
    gauges, others = {}, {}
    for line in exposition.splitlines():
        if line.startswith("#"):
            continue
        series, _, value = line.rpartition(" ")
        name = series.partition("{")[0]
        (gauges if kinds.get(name) == "gauge" else others)[series] = float(value)
    return gauges, others


def held(pid):
    """Threads, descriptors and resident memory in KiB, as the kernel has them."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    facts = dict(re.findall(r"^(Threads|VmRSS):\s+(\d+)", status, re.MULTILINE))
    return int(facts["Threads"]), len(list(Path(f"/proc/{pid}/fd").iterdir())), int(facts["VmRSS"])


def take(server):
    """The scrape comes last, so that its own connection is not among the descriptors."""
    threads, descriptors, resident = held(server.process.pid)
    gauges, others = parse(server.exposition())
    return Reading(threads, descriptors, resident, frozenset([*gauges, *others]), gauges, others)


def differences(start, now, warm_kib):
    """What has not come back: exactly for threads, descriptors, series and gauges; within a bound for memory."""
    found = []
    for what in ("threads", "descriptors"):
        before, after = getattr(start, what), getattr(now, what)
        if after != before:
            found.append(f"{after} {what}, and there were {before} at the start")
    found += [f"a new series: {series}" for series in sorted(now.series - start.series)]
    found += [f"a series is gone: {series}" for series in sorted(start.series - now.series)]
    for series, before in sorted(start.gauges.items()):
        after = now.gauges.get(series, before)
        if series not in MOVING and after != before:
            found.append(f"{series} is {after:g}, and was {before:g} at the start")
    if now.resident_kib > warm_kib + MOST_GROWTH_KIB:
        found.append(f"{now.resident_kib} KiB are resident, {now.resident_kib - warm_kib} KiB more than after the first "
                     f"round; allowed are {MOST_GROWTH_KIB}")
    return found


def miscounts(counters):
    """Counters that cannot be true of a server without clients, or should have stayed at 0."""
    def total(name):
        return sum(value for series, value in counters.items() if series.partition("{")[0] == name)
    found = []
    accepted, closed = total("threadecho_connections_accepted_total"), total("threadecho_connections_closed_total")
    if accepted != closed:
        found.append(f"{accepted:.0f} connections were accepted, and {closed:.0f} closed")
    for series in ('threadecho_connections_closed_total{reason="error"}', "threadecho_log_lines_dropped_total"):
        if counters.get(series, 0) != 0:
            found.append(f"{series} is {counters[series]:.0f}")
    if total("threadecho_accept_errors_total"):
        found.append(f"accept failed {total('threadecho_accept_errors_total'):.0f} times")
    return found


def until_back(server, start, warm_kib=None, patience=30):
    """Waits until nothing differs any more; returns the last reading, and what still differed then."""
    deadline = time.monotonic() + patience
    while True:
        now = take(server)
        found = differences(start, now, now.resident_kib if warm_kib is None else warm_kib) + miscounts(now.counters)
        if not found or time.monotonic() > deadline:
            return now, found
        time.sleep(0.1)
