"""What the servers are asked to do. The load is threadecho's own, for all of them: every byte is verified, so a server that
echoes a wrong byte has no result."""

from dataclasses import dataclass

HELD = 10_000
# The memory of held connections varies little and takes long to measure: rounds after these leave it out.
HOLD_ROUNDS = 5
# One thread sends and receives, so that the server has at least one core of two. Only bulk needs more threads.
ONE_THREAD = ("--threads", "1")


@dataclass(frozen=True)
class Workload:
    """`unit` is what its rate counts, `flags` are those of `threadecho load`."""
    key: str
    label: str
    unit: str
    flags: tuple = ()


def of(count):
    return "1 connection" if count == 1 else f"{count} connections"


def ping_pong(connections):
    return Workload(f"ping-pong-{connections}", f"ping-pong of 64 B, {of(connections)}", "messages/s",
                    ("--connections", str(connections), "--size", "64", *ONE_THREAD))


def large(connections):
    return Workload(f"16KiB-{connections}", f"ping-pong of 16 KiB, {of(connections)}", "messages/s",
                    ("--connections", str(connections), "--size", "16KiB", *ONE_THREAD))


def bulk(connections):
    return Workload(f"bulk-{connections}", f"bulk, {of(connections)}", "MB/s",
                    ("--bulk", "--connections", str(connections)))


def churn(connections):
    return Workload(f"churn-{connections}", f"churn, {connections} at a time", "connections/s",
                    ("--churn", "--connections", str(connections), *ONE_THREAD))


HOLD = Workload("hold", f"{HELD:,} idle connections", "opened/s", ("--hold", "--connections", str(HELD)))
WORKLOADS = [*map(ping_pong, (1, 8, 64, 512, 2000)), *map(large, (8, 64)), *map(bulk, (1, 8)), *map(churn, (1, 64)), HOLD]


def of_round(number, workloads):
    """Those of `workloads` that are run in this round; the first is number 0."""
    return [workload for workload in workloads if workload != HOLD or number < HOLD_ROUNDS]
