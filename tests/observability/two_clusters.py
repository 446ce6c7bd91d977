#!/usr/bin/env python3
"""two_clusters.py ROOT THREADECHO DIRECTORY: two clusters with two namespaces each share a real Prometheus, and their targets have
the same jobs, instances and pods. A foreign job has the same series. Every expression of the dashboards must be answered, whatever
is chosen above them; each choice must count only what was chosen, and All only our jobs; no two lines may have the same name."""

import contextlib
import itertools
import math
import re
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import subjects
from evaluate import Window
from fault_alerts import INTERVAL
from mesh_alerts import Watcher
from programs import Program, Threadecho, eventually
from prometheus_server import WATCH_JOB, Prometheus

CLUSTERS, NAMESPACES = ("east", "west"), ("shop", "stage")
POD = "threadecho-0"
FOREIGN_JOB = "foreign"
# What each target has one of, so that the sum over a choice counts its targets.
COUNTED = {"threadecho": "sum(threadecho_ready{%s})", WATCH_JOB: "sum(threadecho_watch_addresses{%s})"}


def everywhere(target, labels):
    return [{"targets": [target], "labels": {"cluster": cluster, "namespace": namespace, **labels}}
            for cluster, namespace in itertools.product(CLUSTERS, NAMESPACES)]


class Shared(Prometheus):
    def targets_of(self, targets, watchers):
        server, = targets
        watcher, = watchers.values()
        return {"threadecho": everywhere(server, {"instance": "one:8080", "pod": POD}),
                WATCH_JOB: everywhere(watcher, {"instance": "one:8081", "watcher_node": "red"}),
                FOREIGN_JOB: [{"targets": [server], "labels": {"instance": "foreign:8080"}},
                              {"targets": [watcher], "labels": {"instance": "foreign:8081"}}]}


def choices(job, instance, more):
    """All, and what one can choose beside that: (chosen, how many targets that is)."""
    yield {}, 4
    for cluster in CLUSTERS:
        yield {"cluster": cluster}, 2
        for namespace in NAMESPACES:
            yield {"cluster": cluster, "namespace": namespace}, 1
    yield {"namespace": "|".join(NAMESPACES)}, 4
    yield {"job": job}, 4
    yield {"instance": instance}, 4
    yield {"job": "no-such-job"}, 0
    for name, value in more.items():
        yield {name: value}, 4


def matchers(chosen):
    return ",".join(f'{name}=~"{value}"' for name, value in chosen.items() if name in ("cluster", "namespace", "job", "instance"))


def complaints(window, expressions, job, several):
    for chosen, count in several:
        looked_at = replace(window, chosen=chosen)
        counted = window.prometheus.at(f"{COUNTED[job]} or vector(0)" % matchers({"job": job, **chosen}), window.end)
        if counted[0][1] != [count]:
            yield f"{chosen}: {counted} of {count} targets"
        for expression in expressions:
            try:
                data = looked_at.data_of(expression)
            except RuntimeError as error:
                yield f"{chosen}: {expression.where}: {error}"
                continue
            if bool(count) != bool(data) and expression.where in window.has_data:
                yield f"{chosen}: {expression.where}: {len(data)} series"


def are_same(one, other):
    """The same series with the same values. Prometheus adds up in no fixed order, so the last digits may differ."""
    one, other = (sorted(several, key=lambda series: sorted(series[0].items())) for several in (one, other))
    return [(labels, len(values)) for labels, values in one] == [(labels, len(values)) for labels, values in other] and all(
        (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-6)
        for (_, values), (_, others) in zip(one, other) for a, b in zip(values, others))


def foreign_complaints(window, expressions, job):
    """All shows the same as our job. Compares up to three times: Prometheus adds up in no fixed order, and the last digit
    of a sum may move a quantile across empty buckets."""
    for expression in expressions:
        for _ in range(3):
            everything, ours = (replace(window, chosen=chosen).data_of(expression) for chosen in ({}, {"job": job}))
            if are_same(everything, ours):
                break
        else:
            yield f"{expression.where}: All shows more than {job}: {everything} instead of {ours}"


def twin_complaints(window, expressions):
    for expression in expressions:
        if expression.legend:
            lines = [re.sub(r"\{\{(\w+)\}\}", lambda label, of=labels: of.get(label[1], ""), expression.legend)
                     for labels, _ in replace(window, chosen={}).data_of(expression)]
            if twins := {line for line in lines if lines.count(line) > 1}:
                yield f"{expression.where}: several lines are called {sorted(twins)}"


def main():
    root, binary, directory = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    found, evaluated = [], 0
    with contextlib.ExitStack() as stack:
        server = Threadecho(binary, directory, "server", {"FAULTS": "on"})
        stack.callback(server.kill)
        watcher = Watcher(binary, directory, "red", [server])
        stack.callback(watcher.kill)
        load = Program([str(binary), "load", f"127.0.0.1:{server.port}", "--connections", "4", "--rate", "100", "--churn",
                        "--duration", "10m", "--quiet"], directory / "load.log")
        stack.callback(load.kill)
        prometheus = Shared(root, directory / "prometheus", [server.target], INTERVAL, watchers={"red": watcher.target})
        stack.callback(prometheus.kill)
        eventually("all are up", lambda: prometheus.at("sum(up) == 10", time.time()))
        began = time.time()
        eventually("messages are scraped", lambda: prometheus.at("sum(rate(threadecho_receives_total[4s])) > 0", time.time()))
        time.sleep(4)  # so that all rates are there
        window = Window(prometheus, began, time.time(), "4s", INTERVAL, "")
        for name, job, instance, more in (
                (subjects.DASHBOARD, "threadecho", "one:8080", {"pod": POD}),
                (subjects.MESH, WATCH_JOB, "one:8081", {"watcher": "red", "target": f"127.0.0.1:{server.port}"})):
            expressions = subjects.dashboard(root, name).expressions()
            several = list(choices(job, instance, more))
            window = replace(window, has_data={one.where for one in expressions if has_data(window, one)})
            found += [*complaints(window, expressions, job, several), *foreign_complaints(window, expressions, job),
                      *twin_complaints(window, expressions)]
            evaluated += len(expressions) * len(several)
    for complaint in found:
        print(complaint)
    print(f"{evaluated} expressions with what can be chosen above them: {len(found)} complaints")
    return 1 if found else 0


def has_data(window, expression):
    """Whether it has some when all is chosen, and does not end in an alternative that always has."""
    try:
        return "vector(0)" not in expression.text and bool(replace(window, chosen={}).data_of(expression))
    except RuntimeError:
        return False


if __name__ == "__main__":
    sys.exit(main())
