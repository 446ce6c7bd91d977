#!/usr/bin/env python3
"""network_truth.py THREADECHO DIRECTORY: in a network namespace of its own, the TCP metrics of the real program show the
delay and the loss of a network that has them, and none over loopback, which has none."""

import re
import shutil
import sys
from pathlib import Path

import traffic
from programs import Threadecho, eventually
from slow_network import DELAY_SECONDS, FAR, SlowNetwork

ROUND_TRIP = 2 * DELAY_SECONDS


class Figures:
    def __init__(self, server):
        text = server.exposition()
        buckets = re.findall(r'^threadecho_tcp_rtt_seconds_bucket\{le="(\S+)"\} (\S+)$', text, re.MULTILINE)
        self.buckets = [(float(bound), float(count)) for bound, count in buckets]
        self.count = server.metric("threadecho_tcp_rtt_seconds_count")
        self.mean = server.metric("threadecho_tcp_rtt_seconds_sum") / max(self.count, 1)
        self.sent_again = server.metric("threadecho_tcp_retransmitted_segments_total")

    def up_to(self, seconds):
        """Observations in the buckets whose bounds are that or less."""
        return max((count for bound, count in self.buckets if bound <= seconds), default=0)

    def __str__(self):
        return f"{self.count:.0f} round trips of {self.mean * 1e3:.3f} ms on average, {self.sent_again:.0f} sent again"


def slow_complaints(figures, lost):
    if figures.count == 0 or figures.up_to(ROUND_TRIP) > 0:
        yield f"{figures.up_to(ROUND_TRIP):.0f} of {figures.count:.0f} round trips are shorter than the network's"
    if not ROUND_TRIP <= figures.mean <= 2.5 * ROUND_TRIP:
        yield f"the mean round trip is {figures.mean * 1e3:.1f} ms, not about {ROUND_TRIP * 1e3:.0f}"
    if not max(lost, 1) <= figures.sent_again <= 3 * lost:
        yield f"{lost} segments were lost, {figures.sent_again:.0f} sent again"


def fast_complaints(figures):
    if figures.count == 0 or figures.mean > ROUND_TRIP / 4:
        yield f"the mean round trip over loopback is {figures.mean * 1e3:.1f} ms"
    if figures.sent_again > 0:
        yield f"{figures.sent_again:.0f} segments were sent again over loopback, where none is lost"


def figures_after_load(binary, directory, name, host):
    """A server of its own under load from `host`'s side; also how many segments were lost on the way."""
    server = Threadecho(binary, directory, name, {}, address="0.0.0.0")
    try:
        network = SlowNetwork(server.port) if host == FAR else None
        traffic.load(binary, server, "--connections", "8", "--duration", "5s", host=host)
        eventually("all are gone", lambda: server.metric("threadecho_connections_active") == 0)
        figures = Figures(server)
        lost = network.lost if network else 0
        print(f"{name}: {figures}; {lost} lost")
        return figures, lost
    finally:
        server.kill()


def main():
    binary, directory = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    slow, lost = figures_after_load(binary, directory, "slow", FAR)
    fast, _ = figures_after_load(binary, directory, "loopback", "127.0.0.1")
    found = [*slow_complaints(slow, lost), *fast_complaints(fast)]
    if not list(slow_complaints(fast, lost)) or len(list(fast_complaints(slow))) != 2:
        found.append("one network passes for the other: this check notices nothing")
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
