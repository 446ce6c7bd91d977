"""Metrics: what is scraped, recorded, alerted on and scaled by is what the server has. The table of docs/metrics.md is the list
of that, and a test of its own holds it against the program's output."""

import adapter
import check_expressions
import subjects
from pods import pods_of, seconds_in, settings_of, thousandths_in
from promql import selectors_of
from rendering import label_of

FULLEST, EMPTIEST = 800, 400  # thousandths of the limit, what an autoscaler may aim at


def rule_complaints(rendering, series):
    for resource in rendering.of_kind("PrometheusRule"):
        rules = [rule for group in resource["spec"]["groups"] for rule in group["rules"]]
        expressions = [subjects.Expression(f"{label_of(resource)} {rule.get('alert') or rule.get('record')}",
                                           rule["expr"]) for rule in rules]
        yield from check_expressions.complaints(expressions, series)


def monitor_complaints(rendering):
    """The job is called as the rules and the dashboard expect, and a drain is seen at least once; the mesh has none."""
    of_mesh = rendering.name.startswith("mesh")
    for monitor in rendering.of_kind("PodMonitor"):
        where, spec, settings = label_of(monitor), monitor["spec"], settings_of(rendering)
        jobs = {pod.labels.get(spec.get("jobLabel")) for pod in pods_of(rendering) if pod.serves}
        if jobs != {"threadecho"}:
            yield f"{where}: the job would be called {jobs}, and the rules know threadecho"
        drain = seconds_in(settings.get("DRAIN_DELAY", "0s")) + seconds_in(settings.get("DRAIN_TIMEOUT", "8s"))
        for endpoint in spec["podMetricsEndpoints"]:
            if endpoint.get("path") != "/metrics":
                yield f"{where}: scrapes {endpoint.get('path')}"
            if not of_mesh and seconds_in(endpoint.get("interval", "30s")) > drain:
                yield f"{where}: may not see a drain of {drain:g} s"


def scaler_complaints(rendering):
    for scaler in rendering.of_kind("HorizontalPodAutoscaler"):
        where, spec = label_of(scaler), scaler["spec"]
        if any("replicas" in thing["spec"] for thing in rendering.of_kind(spec["scaleTargetRef"]["kind"])):
            yield f"{where}: replicas is fixed, and each apply undoes the autoscaler"
        if spec.get("minReplicas", 1) < 3:
            yield f"{where}: fewer than three replicas"
        for metric in spec["metrics"]:
            if metric["type"] != "Pods":
                yield f"{where}: scales by {metric['type']}"
                continue
            aim = metric["pods"]["target"]["averageValue"]
            if not EMPTIEST <= thousandths_in(aim) <= FULLEST:
                yield f"{where}: aims at {aim} of the limit, and not at {EMPTIEST}m to {FULLEST}m"


def adapter_complaints(root, rendering, series):
    """Each metric that an autoscaler asks for is offered by prometheus-adapter's rule. What it computes is promtool's to
    say, in the check prometheus."""
    offered = set()
    for rule in adapter.rules(root):
        name = selectors_of(rule["seriesQuery"])[0].name
        offered.add(rule["name"]["as"])
        if name not in series:
            yield f"{adapter.RULE}: unknown metric {name}"
        if {"namespace", "pod"} != {kind["resource"] for kind in rule["resources"]["overrides"].values()}:
            yield f"{adapter.RULE}: {name} is not that of a pod in a namespace"
        if rule["name"]["matches"] != f"^{name}$":
            yield f"{adapter.RULE}: {rule['name']['matches']} does not match {name}"
    yield from check_expressions.complaints(adapter.expressions(root), series)
    asked = {metric["pods"]["metric"]["name"] for scaler in rendering.of_kind("HorizontalPodAutoscaler")
             for metric in scaler["spec"]["metrics"] if metric["type"] == "Pods"}
    for name in sorted(asked - offered):
        yield f"{adapter.RULE}: does not offer {name}, which the autoscaler asks for"


def complaints(root, rendering, series):
    yield from rule_complaints(rendering, series)
    yield from monitor_complaints(rendering)
    yield from scaler_complaints(rendering)
    yield from adapter_complaints(root, rendering, series)
