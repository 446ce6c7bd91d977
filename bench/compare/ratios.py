"""Medians, their spread, and what the ratios of medians must be."""

import random
import statistics
from dataclasses import dataclass

DRAWS = 2000


def quartiles(values):
    """Lower quartile, median, upper quartile."""
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def interval(ours, theirs):
    """The 90 % confidence interval of the ratio of the medians: bootstrap over the rounds, with a fixed seed."""
    draw = random.Random(1)
    ratios = sorted(statistics.median(draw.choices(ours, k=len(ours))) /
                    statistics.median(draw.choices(theirs, k=len(theirs))) for _ in range(DRAWS))
    return ratios[DRAWS // 20], ratios[-DRAWS // 20]


@dataclass(frozen=True)
class Target:
    """In each of `rows`, the ratio of `subject` to the best of `against` must be at least `bound`. If less of `figure`
    is better, it must be at most `bound`. Without a server to compare with, this holds for the figure itself."""
    subject: str
    against: tuple
    rows: tuple
    bound: float
    figure: str = "rate"

    @property
    def less_is_better(self):
        return self.figure != "rate"


PING_PONG = tuple(f"ping-pong-{count}" for count in (1, 8, 64, 512, 2000))
BUSY = (*PING_PONG[1:], "16KiB-8", "16KiB-64", "bulk-1", "bulk-8", "churn-1", "churn-64")
TARGETS = [
    Target("per-connection", ("c-threads",), PING_PONG, 0.95),
    Target("batch", ("c-threads",), ("ping-pong-8", "ping-pong-64"), 1.2),
    Target("per-connection", ("c-threads",), ("churn-64",), 1.2),
    Target("per-connection", ("lesson", "lesson-quiet"), ("ping-pong-1", *BUSY), 1.0),
    Target("per-connection", ("c-threads",), ("hold",), 1.0, "resident_bytes_per_connection"),
    Target("pool-1", ("epoll-1", "asio-1"), BUSY, 0.95),
    Target("pool-2", ("epoll-2", "asio-2"), BUSY, 0.95),
    Target("pool-1", ("asio-1",), ("hold",), 0.25, "resident_bytes_per_connection"),
    Target("per-connection", (), ("hold",), 4.0, "scrape_cpu_ms"),
    Target("pool-1", (), ("hold",), 4.0, "scrape_cpu_ms"),
]


@dataclass(frozen=True)
class Verdict:
    """The result of one row of a target. `peer` is the best of the servers to compare with, None without any; `low` and
    `high` bound the ratio."""
    target: Target
    row: str
    peer: str | None
    ratio: float
    low: float
    high: float

    @property
    def word(self):
        """`reached`, `missed`, or `open`: missed by less than the interval is wide."""
        if self.target.less_is_better:
            return "reached" if self.ratio <= self.target.bound else "open" if self.low <= self.target.bound else "missed"
        return "reached" if self.ratio >= self.target.bound else "open" if self.high >= self.target.bound else "missed"


def judge(target, row, samples):
    """`samples` are lists of figures by (row, server). None if a server has no figures here."""
    def figures(server):
        return [sample[target.figure] for sample in samples.get((row, server), []) if target.figure in sample]

    ours = figures(target.subject)
    peers = {peer: figures(peer) for peer in target.against}
    if not ours or any(not values for values in peers.values()):
        return None
    if not peers:
        low, middle, high = quartiles(ours)
        return Verdict(target, row, None, middle, low, high)
    best = (min if target.less_is_better else max)(peers, key=lambda peer: statistics.median(peers[peer]))
    return Verdict(target, row, best, statistics.median(ours) / statistics.median(peers[best]),
                   *interval(ours, peers[best]))


def verdicts(samples):
    found = (judge(target, row, samples) for target in TARGETS for row in target.rows)
    return [verdict for verdict in found if verdict]
