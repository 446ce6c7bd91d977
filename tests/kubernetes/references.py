"""What names something else: selectors, ports, objects. Each must find what it means, and nothing more."""

import re

from pods import pods_of, ports_of
from rendering import label_of

MESH_NAME = re.compile(r"(tcp|http)(-[a-z0-9-]+)?")
LONGEST_PORT_NAME = 15


def selectors_of(thing):
    """The selectors of an object, each with where it stands."""
    spec = thing.get("spec", {})
    if thing["kind"] == "Service":
        yield "selector", spec.get("selector", {})
    for field in ("selector", "podSelector"):
        if thing["kind"] != "Service" and field in spec:
            yield field, spec[field].get("matchLabels", {})
    for constraint in spec.get("template", {}).get("spec", {}).get("topologySpreadConstraints", []):
        yield f"spread over {constraint['topologyKey']}", constraint.get("labelSelector", {}).get("matchLabels", {})


def _matches(selector, labels):
    return bool(selector) and selector.items() <= labels.items()


def selector_complaints(rendering, others):
    """Each selects the server's pods, and none of those (`others`) that merely run the same image."""
    pods = [pod for pod in pods_of(rendering) if pod.serves]
    for thing in rendering.objects:
        for field, selector in selectors_of(thing):
            if not any(_matches(selector, pod.labels) for pod in pods):
                yield f"{label_of(thing)}: its {field} selects no pod"
            for pod in others:
                if _matches(selector, pod.labels):
                    yield f"{label_of(thing)}: its {field} selects the pods of {pod.where} too"


def service_complaints(rendering):
    ports = {name for pod in pods_of(rendering) for name in ports_of(pod)}
    for service in rendering.of_kind("Service"):
        where = label_of(service)
        for port in service["spec"]["ports"]:
            name = port.get("name", "")
            if port.get("targetPort") not in ports:
                yield f"{where}: no pod has a port {port.get('targetPort')}"
            if not MESH_NAME.fullmatch(name) or len(name) > LONGEST_PORT_NAME:
                yield f"{where}: a mesh does not understand the port name {name!r}"
            elif port.get("appProtocol") != name.split("-")[0]:
                yield f"{where}: appProtocol of {name} is {port.get('appProtocol')}"
        if service["spec"].get("type") == "LoadBalancer":
            if service["spec"].get("externalTrafficPolicy") != "Local":
                yield f"{where}: hides the addresses of clients"
            if any(port["name"] != "tcp-echo" for port in service["spec"]["ports"]):
                yield f"{where}: publishes more than the echo port"


def port_complaints(rendering):
    ports = {name for pod in pods_of(rendering) for name in ports_of(pod)}
    asked = [(policy, port.get("port")) for policy in rendering.of_kind("NetworkPolicy")
             for rule in policy["spec"].get("ingress", []) for port in rule.get("ports", [{}])]
    asked += [(monitor, endpoint.get("port")) for monitor in rendering.of_kind("PodMonitor")
              for endpoint in monitor["spec"]["podMetricsEndpoints"]]
    for thing, port in asked:
        if port not in ports:
            yield f"{label_of(thing)}: no pod has a port {port}"


def name_complaints(rendering):
    """Objects that others name are there. A smoke test names those of the server that it tests."""
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in rendering.objects}
    for pod in pods_of(rendering):
        if pod.serves and ("ServiceAccount", pod.spec.get("serviceAccountName")) not in there:
            yield f"{pod.where}: there is no ServiceAccount {pod.spec.get('serviceAccountName')}"
    for account in rendering.of_kind("ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"{label_of(account)}: gives everybody its token"
    for scaler in rendering.of_kind("HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) not in there:
            yield f"{label_of(scaler)}: there is no {target['kind']} {target['name']} to scale"


def job_complaints(job, base):
    """It asks a Service of the base, at a port of it, as the account of the base."""
    services = {f"{service['metadata']['name']}:{port['port']}" for service in base.of_kind("Service")
                for port in service["spec"]["ports"] if port["name"] == "tcp-echo"}
    accounts = {account["metadata"]["name"] for account in base.of_kind("ServiceAccount")}
    for pod in pods_of(job):
        if "activeDeadlineSeconds" not in pod.owner["spec"]:
            yield f"{pod.where}: may never end, and kubectl wait neither"
        arguments = pod.containers[0].get("args", [])
        if arguments[:1] not in (["probe"], ["load"]) or not services.intersection(arguments[1:2]):
            yield f"{pod.where}: {' '.join(arguments)} asks none of {', '.join(sorted(services))}"
        if pod.owner["metadata"]["name"].endswith("rollout-watch") and "--churn" not in arguments:
            yield f"{pod.where}: keeps connections, each of which a rollout ends, so it would fail after each"
        if pod.spec.get("serviceAccountName") not in accounts:
            yield f"{pod.where}: there is no ServiceAccount {pod.spec.get('serviceAccountName')}"


def complaints(rendering, others):
    yield from selector_complaints(rendering, others)
    yield from service_complaints(rendering)
    yield from port_complaints(rendering)
    yield from name_complaints(rendering)
