"""What the figures of a case must be. Each judge returns what is wrong, in words; selftest.py shows each of them a
fault. Nothing here touches a process or a socket."""

MOST_BUSY = 0.05  # of one processor
RELIEF_SECONDS = 1.0


def must(*complaints):
    """Fails with all that is wrong, if anything is."""
    found = [complaint for several in complaints for complaint in several]
    assert not found, "; ".join(found)


def busy(cpu_seconds, seconds):
    share = cpu_seconds / seconds
    return [f"{share:.0%} of a processor while it lasts, over {MOST_BUSY:.0%}"] if share >= MOST_BUSY else []


def late(what, seconds, most=RELIEF_SECONDS):
    return [f"{what} after {seconds:.2f} s, later than {most:g}"] if seconds > most else []


def early(what, seconds, least):
    return [f"{what} after {seconds:.2f} s, sooner than {least:g}"] if seconds < least else []


def moved(before, after, expected):
    """Counters must have moved by exactly what is expected, or into a range of it, and all others not at all."""
    complaints = []
    for series in sorted({*before, *after, *expected}):
        by = after.get(series, 0) - before.get(series, 0)
        wanted = expected.get(series, 0)
        if by not in wanted if isinstance(wanted, range) else by != wanted:
            complaints.append(f"{series} moved by {by:g}, not by {wanted}")
    return complaints


def same_bytes(sent, received):
    """All of it came back, and nothing else."""
    return beginning(sent, received) or (
        [f"{len(sent) - len(received)} of {len(sent)} bytes are lost"] if len(received) < len(sent) else [])


def beginning(sent, received):
    """What came back is what was sent first: the rest may be missing, nothing may be wrong."""
    if len(received) > len(sent):
        return [f"{len(received) - len(sent)} bytes more than were sent"]
    if sent[:len(received)] == received:
        return []
    at = next(i for i, (a, b) in enumerate(zip(sent, received)) if a != b)
    return [f"byte {at} is {received[at]:#04x}, not {sent[at]:#04x}"]


def left_over(before, now):
    """What a server holds must not have grown: threads, descriptors, gauges."""
    return [f"{now[what]} {what}, {before[what]} before" for what in before if now[what] > before[what]]


def ended_for(reasons, expected):
    """How many connections ended for which reason, exactly."""
    return [f"connections ended for {reasons}, not for {expected}"] if reasons != expected else []
