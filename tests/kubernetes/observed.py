"""Metrics: what is scraped, recorded, alerted on and scaled by is what the server has. The README's table is the list
of that, and a test of its own holds it against the program's output."""

import check_expressions
import subjects
import yaml
from pods import pods_of, seconds_in, settings_of
from promql import selectors_of
from rendering import FOLDER, label_of

ADAPTER_RULE = FOLDER / "components/autoscaling/prometheus-adapter-rule.yaml"
FULLEST, EMPTIEST = 0.8, 0.4  # of MAX_CONNECTIONS, what an autoscaler may aim at


def rule_complaints(rendering, series):
    for resource in rendering.of_kind("PrometheusRule"):
        rules = [rule for group in resource["spec"]["groups"] for rule in group["rules"]]
        expressions = [subjects.Expression(f"{label_of(resource)} {rule.get('alert') or rule.get('record')}",
                                           rule["expr"]) for rule in rules]
        yield from check_expressions.complaints(expressions, series)


def monitor_complaints(rendering):
    """The job is called as the rules and the dashboard expect, and a drain is seen at least once."""
    for monitor in rendering.of_kind("PodMonitor"):
        where, spec, settings = label_of(monitor), monitor["spec"], settings_of(rendering)
        jobs = {pod.labels.get(spec.get("jobLabel")) for pod in pods_of(rendering) if pod.serves}
        if jobs != {"threadecho"}:
            yield f"{where}: the job would be called {jobs}, and the rules know threadecho"
        drain = seconds_in(settings.get("DRAIN_DELAY", "0s")) + seconds_in(settings.get("DRAIN_TIMEOUT", "8s"))
        for endpoint in spec["podMetricsEndpoints"]:
            if endpoint.get("path") != "/metrics":
                yield f"{where}: scrapes {endpoint.get('path')}"
            if seconds_in(endpoint.get("interval", "30s")) > drain:
                yield f"{where}: may not see a drain of {drain:g} s"


def scaler_complaints(rendering, series):
    limit = int(settings_of(rendering).get("MAX_CONNECTIONS", 0))
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
            name, target = metric["pods"]["metric"]["name"], metric["pods"]["target"]
            if name not in series:
                yield f"{where}: unknown metric {name}"
            if not EMPTIEST * limit <= int(target["averageValue"]) <= FULLEST * limit:
                yield f"{where}: aims at {target['averageValue']} connections, and MAX_CONNECTIONS is {limit}"


def adapter_complaints(root, rendering, series):
    """Each metric that an autoscaler asks for is offered by prometheus-adapter's rule."""
    rules = yaml.safe_load((root / ADAPTER_RULE).read_text(encoding="utf-8"))["rules"]
    offered = set()
    for rule in rules:
        name = selectors_of(rule["seriesQuery"])[0].name
        offered.add(rule["name"]["as"])
        if name not in series:
            yield f"{ADAPTER_RULE}: unknown metric {name}"
        if {"namespace", "pod"} != {kind["resource"] for kind in rule["resources"]["overrides"].values()}:
            yield f"{ADAPTER_RULE}: {name} is not that of a pod in a namespace"
        if rule["name"]["matches"] != f"^{name}$":
            yield f"{ADAPTER_RULE}: {rule['name']['matches']} does not match {name}"
    asked = {metric["pods"]["metric"]["name"] for scaler in rendering.of_kind("HorizontalPodAutoscaler")
             for metric in scaler["spec"]["metrics"] if metric["type"] == "Pods"}
    for name in sorted(asked - offered):
        yield f"{ADAPTER_RULE}: does not offer {name}, which the autoscaler asks for"


def complaints(root, rendering, series):
    yield from rule_complaints(rendering, series)
    yield from monitor_complaints(rendering)
    yield from scaler_complaints(rendering, series)
    yield from adapter_complaints(root, rendering, series)
