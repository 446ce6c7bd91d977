"""What deploy/kubernetes/examples adds to an overlay: each example must fit the overlay, and do what it is for."""

import re

from pods import pods_of, ports_of
from rendering import label_of

REGISTRY = "registry.example/"


def image_of(rendering, image):
    """The image that the pods must have: one example has a registry of its own, for the server and the Jobs."""
    return REGISTRY + image if "own-registry" in re.split("[ /]", rendering.name) else image


def _route_complaints(rendering):
    listeners = {(gateway["metadata"]["name"], listener["name"]) for gateway in rendering.of_kind("Gateway")
                 for listener in gateway["spec"]["listeners"] if listener["protocol"] == "TCP"}
    echo = {(service["metadata"]["name"], port["port"]) for service in rendering.of_kind("Service")
            for port in service["spec"]["ports"] if port["name"] == "tcp-echo"}
    for route in rendering.of_kind("TCPRoute"):
        for parent in route["spec"].get("parentRefs", []):
            if (parent["name"], parent.get("sectionName")) not in listeners:
                yield f"{label_of(route)}: no Gateway {parent['name']} has a TCP listener {parent.get('sectionName')}"
        for backend in (backend for rule in route["spec"]["rules"] for backend in rule["backendRefs"]):
            if (backend["name"], backend.get("port")) not in echo:
                yield f"{label_of(route)}: {backend['name']}:{backend.get('port')} is not the echo port of a Service"


def _mesh_complaints(rendering):
    ports = {str(port) for pod in pods_of(rendering) for port in ports_of(pod).values()}
    named = [(thing, port) for thing in rendering.of_kind("PeerAuthentication")
             for port in thing["spec"].get("portLevelMtls", {})]
    named += [(thing, port) for thing in rendering.of_kind("AuthorizationPolicy") for rule in thing["spec"]["rules"]
              for to in rule.get("to", []) for port in to["operation"]["ports"]]
    for thing, port in named:
        if port not in ports:
            yield f"{label_of(thing)}: no pod has a port {port}"


def _ipv6_complaints(rendering):
    for service in rendering.of_kind("Service"):
        if (service["spec"].get("ipFamilyPolicy"), service["spec"].get("ipFamilies")) != ("SingleStack", ["IPv6"]):
            yield f"{label_of(service)}: has not only IPv6"


def _registry_complaints(rendering):
    for account in rendering.of_kind("ServiceAccount"):
        if not account.get("imagePullSecrets"):
            yield f"{label_of(account)}: has no pull secret for {REGISTRY}"


def complaints(rendering):
    yield from _route_complaints(rendering)
    yield from _mesh_complaints(rendering)
    if rendering.name == "ipv6-only":
        yield from _ipv6_complaints(rendering)
    if rendering.name == "own-registry":
        yield from _registry_complaints(rendering)
