"""Values of the chart that no example and no component sets: each must land at its place."""

import json

from pods import pods_of
from rendering import label_of

DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGE = f"threadecho@{DIGEST}"
CLIENT = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "clients"}}}
MONITORING = {"podSelector": {"matchLabels": {"app": "prometheus"}}}
OPTIONS = {
    "image": {"digest": DIGEST},
    "labels": {"team": "network"},
    "podLabels": {"tier": "edge"},
    "podAnnotations": {"example.org/note": "yes"},
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "echo", "effect": "NoSchedule"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}]}]}}},
    "priorityClassName": "1000",  # a name that YAML reads as a number
    "service": {"annotations": {"example.org/service": "echo"}},
    "httpService": {"annotations": {"example.org/service": "http"}},
    "settings": {"PROXY_PORT": 9001, "IDENTITY_PORT": "9002"},
    "identityService": {"annotations": {"example.org/service": "identity"}},
    "external": {"enabled": True, "loadBalancerClass": "true", "loadBalancerSourceRanges": ["192.0.2.0/24"],
                 "annotations": {"example.org/service": "external"}},
    "networkPolicy": {"enabled": True, "clients": [CLIENT], "monitoring": [MONITORING]},
    "podMonitor": {"enabled": True, "labels": {"release": "some-prometheus"}},
    "links": {"runbook": "https://wiki.example/echo", "grafana": "https://grafana.example"},
    "prometheusRule": {"enabled": True, "labels": {"release": "some-prometheus"}},
    "dashboard": {"enabled": True},
}
OF_PODS = ("nodeSelector", "tolerations", "affinity", "priorityClassName")
SERVICES = {"threadecho": "service", "threadecho-http": "httpService", "threadecho-identity": "identityService",
            "threadecho-external": "external"}
ECHO_PORTS = ["tcp-echo", "tcp-identity", "tcp-proxy"]


def _lacks(there, wanted):
    """Labels or annotations that are not there."""
    return wanted.items() - (there or {}).items()


def _at(node, *path):
    """What is there, or nothing."""
    for key in path:
        if isinstance(node, list):
            node = node[key] if key < len(node) else None
        else:
            node = (node or {}).get(key)
    return node


def pod_complaints(rendering):
    """The server's and the smoke test's."""
    for pod in pods_of(rendering):
        for container in pod.containers:
            if container["image"] != IMAGE:
                yield f"{pod.where}: its image {container['image']} is not {IMAGE}"
        for field in OF_PODS:
            if pod.spec.get(field) != OPTIONS[field]:
                yield f"{pod.where}: {field} is {pod.spec.get(field)}, not {OPTIONS[field]}"
        if pod.serves and _lacks(pod.labels, OPTIONS["podLabels"]):
            yield f"{pod.where}: its pods lack podLabels"
        if pod.serves and _lacks(pod.annotations, OPTIONS["podAnnotations"]):
            yield f"{pod.where}: its pods lack podAnnotations"


def object_complaints(rendering):
    for thing in rendering.objects:
        if _lacks(thing["metadata"].get("labels"), OPTIONS["labels"]):
            yield f"{label_of(thing)}: lacks labels"
    for kind, value in (("PodMonitor", "podMonitor"), ("PrometheusRule", "prometheusRule")):
        for thing in rendering.of_kind(kind):
            if _lacks(thing["metadata"].get("labels"), OPTIONS[value]["labels"]):
                yield f"{label_of(thing)}: lacks {value}.labels"


def link_complaints(rendering):
    """Rules have both links, dashboards that of the runbook, and none of them leads to the default any more."""
    for thing in rendering.of_kind("PrometheusRule") + [one for one in rendering.of_kind("ConfigMap") if "dashboard" in label_of(one)]:
        text = json.dumps(thing)
        wanted = OPTIONS["links"].values() if thing["kind"] == "PrometheusRule" else [OPTIONS["links"]["runbook"]]
        if any(link not in text for link in wanted) or "file:///usr" in text or "127.0.0.1:3000" in text:
            yield f"{label_of(thing)}: its links are not those of links"


def service_complaints(rendering):
    services = {service["metadata"]["name"]: service for service in rendering.of_kind("Service")}
    for name, value in SERVICES.items():
        found = _at(services, name, "metadata", "annotations")
        if found != OPTIONS[value]["annotations"]:
            yield f"Service {name}: its annotations are {found}, not {value}.annotations"
    for name, service in services.items():
        for field in ("loadBalancerClass", "loadBalancerSourceRanges"):
            wanted = OPTIONS["external"][field] if name == "threadecho-external" else None
            if service["spec"].get(field) != wanted:
                yield f"Service {name}: {field} is {service['spec'].get(field)}, not {wanted}"


def policy_complaints(rendering):
    """The clients and the smoke test reach the echo port, Prometheus the other one."""
    policies = rendering.of_kind("NetworkPolicy")
    if len(policies) != 1:
        yield f"there are {len(policies)} NetworkPolicies"
    tests = [pod for pod in pods_of(rendering) if not pod.serves]
    for policy in policies:
        peers = _at(policy, "spec", "ingress", 0, "from") or []
        if peers[:-1] != [CLIENT]:
            yield f"{label_of(policy)}: ingress/0/from is {peers}, without networkPolicy.clients"
        selector = _at(peers[-1:], 0, "podSelector", "matchLabels")
        if not selector or not tests or any(_lacks(pod.labels, selector) for pod in tests):
            yield f"{label_of(policy)}: the smoke test does not reach the echo port"
        ports = [rule.get("port") for rule in _at(policy, "spec", "ingress", 0, "ports") or []]
        if ports != ECHO_PORTS:
            yield f"{label_of(policy)}: ingress/0/ports is {ports}, not {ECHO_PORTS}"
        if _at(policy, "spec", "ingress", 1, "from") != [MONITORING]:
            yield f"{label_of(policy)}: ingress/1/from is not networkPolicy.monitoring"


def complaints(rendering):
    for check in (pod_complaints, object_complaints, link_complaints, service_complaints, policy_complaints):
        for text in check(rendering):
            yield f"{rendering.name}: {text}"
