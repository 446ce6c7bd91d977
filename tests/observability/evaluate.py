"""Whether expressions return data, and whether it can be true."""

import math
import re
from dataclasses import dataclass, replace

from grafana import filled_in
from promql import selectors_of
from prometheus_server import Prometheus

# The least and the most that can be true, by unit. -1 is "down" on the panel State. A share can pass 1 a little where a
# limit is lowered below what is in use already, as the test does with descriptors.
PLAUSIBLE = {"percentunit": (0, 1.1), "s": (0, 3600), "Bps": (0, 1e11), "bytes": (0, 1e12), "count": (0, 1e7),
             "none": (-1, 1e13), "": (-1, 1e13)}
# Expressions that may be 0 all the time: what they show did not happen, and cannot be made to happen at will.
MAY_BE_ZERO = {"panel 'Log lines dropped' A", "panel 'TCP retransmits' A",
               "recording rule instance:threadecho_tcp_retransmitted_segments:ratio_rate5m"}


@dataclass(frozen=True)
class Window:
    """The time that was recorded, and what it was scraped and is looked at with."""
    prometheus: Prometheus
    start: float
    end: float
    span: str
    step: str
    job: str = "threadecho"
    chosen: dict = None  # instead of the job
    has_data: frozenset = frozenset()

    def data_of(self, expression):
        text = filled_in(expression.text, self.chosen if self.chosen is not None else {"job": self.job}, self.span, f"{int(self.end - self.start)}s")
        if expression.instant:
            return self.prometheus.at(text, self.end)
        return self.prometheus.over(text, self.start, self.end, self.step)


def complaints(window, expression):
    """What is wrong with what one expression returns."""
    data = window.data_of(expression)
    values = [value for _, series in data for value in series if not math.isnan(value)]
    if not values:
        yield f"{expression.where}: no data"
        return
    least, most = PLAUSIBLE[expression.unit.partition(":")[0]]
    if min(values) < least or max(values) > most * (1 + 1e-9):
        yield f"{expression.where}: {min(values)} to {max(values)} {expression.unit}: that cannot be"
    if max(values) == 0 and expression.where not in MAY_BE_ZERO:
        yield f"{expression.where}: 0 all the time"
    for label in re.findall(r"\{\{(\w+)\}\}", expression.legend):
        if label != "pod" and any(label not in labels for labels, _ in data):
            yield f"{expression.where}: its legend wants the label {label}, which is not there"


def selector_complaints(window, expressions):
    """Each selector, matchers and all, has selected something in that time."""
    seen = {}
    for expression in expressions:
        for selector in selectors_of(filled_in(expression.text, {"job": window.job}, window.span, "1m")):
            seen.setdefault(selector.text, expression.where)
    for text, where in seen.items():
        if not window.prometheus.at(f"last_over_time({text}[{int(window.end - window.start)}s])", window.end):
            yield f"{where}: {text} selects nothing"


def all_complaints(window, shown, recorded, alerts):
    found = [text for expression in shown + recorded for text in complaints(window, expression)]
    return found + list(selector_complaints(window, shown + recorded + alerts))


def broken_subjects_unseen(window, shown, recorded):
    """Renames the first metric of every expression, and gives a matcher a value that there is not: each must be
    complained of. Says which was not."""
    for expression in shown + recorded:
        name = selectors_of(expression.text)[0].name
        broken = replace(expression, text=re.sub(rf"\b{name}\b", f"{name}_renamed", expression.text))
        alternatives = " or " in expression.text  # then the other one still has data
        if not alternatives and not any("no data" in complaint for complaint in complaints(window, broken)):
            yield f"{expression.where}: not noticed: {name} is renamed"
        if not list(selector_complaints(window, [broken])):
            yield f"{expression.where}: not noticed: the series of {name} are missing"
    drained = next(expression for expression in shown if 'reason="drained"' in expression.text)
    unheard_of = replace(drained, text=drained.text.replace('reason="drained"', 'reason="unheard_of"'))
    if not list(selector_complaints(window, [unheard_of])):
        yield f"{drained.where}: not noticed: a reason that does not exist"
