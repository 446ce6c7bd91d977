"""What each overlay is for; only where kubectl has rendered it."""

from pods import pods_of, settings_of, thousandths_in
from rendering import label_of

ENFORCE = "pod-security.kubernetes.io/enforce"
PRODUCTION = ("HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "PodMonitor", "PrometheusRule")
EVERYWHERE = {"v1", "apps/v1"}  # APIs that need no operator
HOST_NETWORK = "mesh/host-network"
SMALL = 100  # thousandths of a CPU
SPREAD = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def namespace_complaints(rendering, level="restricted"):
    namespaces = {space["metadata"]["name"]: space["metadata"].get("labels", {})
                  for space in rendering.of_kind("Namespace")}
    if len(namespaces) != 1:
        yield "has no namespace of its own"
    for name, labels in namespaces.items():
        if labels.get(ENFORCE) != level:
            yield f"Namespace {name}: does not enforce the level {level}"
    for thing in rendering.objects:
        if thing["kind"] != "Namespace" and thing["metadata"].get("namespace") not in namespaces:
            yield f"{label_of(thing)}: is in another namespace"


def production_complaints(rendering):
    kinds = {thing["kind"] for thing in rendering.objects}
    for kind in PRODUCTION:
        if kind not in kinds:
            yield f"has no {kind}"
    if not any(thing["metadata"].get("labels", {}).get("grafana_dashboard") == "1"
               for thing in rendering.of_kind("ConfigMap")):
        yield "has no dashboard"
    for pod in pods_of(rendering):
        if "replicas" in pod.owner["spec"]:
            yield f"{pod.where}: replicas is fixed"
        spread = {constraint["topologyKey"] for constraint in pod.spec.get("topologySpreadConstraints", [])}
        if spread != SPREAD:
            yield f"{pod.where}: is not spread over zones and nodes"
    for setting in ("IDLE_TIMEOUT", "WRITE_TIMEOUT", "MAX_CONNECTION_AGE"):
        if setting not in settings_of(rendering):
            yield f"{setting} is not set"


def minimal_complaints(rendering):
    """It runs in any cluster."""
    for thing in rendering.objects:
        if thing["apiVersion"] not in EVERYWHERE:
            yield f"{label_of(thing)}: it needs {thing['apiVersion']}, which a small cluster may not have"
    for pod in pods_of(rendering):
        asked = sum(thousandths_in(container["resources"]["requests"]["cpu"]) for container in pod.containers)
        if asked > SMALL:
            yield f"{pod.where}: requests {asked}m of CPU, which is much for a small cluster"
    if [thing["spec"].get("replicas") for thing in rendering.of_kind("Deployment")] != [1]:
        yield "has more than one replica"


def dev_complaints(rendering):
    yield from minimal_complaints(rendering)
    if settings_of(rendering).get("LOG_LEVEL") != "debug":
        yield "does not log at debug"


def host_network_complaints(rendering, found):
    """Complaints about Pod Security: a mesh of the nodes' network has that one, and no other."""
    if rendering.name != HOST_NETWORK:
        return list(found)
    wanted = [f"{pod.where}: hostNetwork" for pod in pods_of(rendering)]
    found = list(found)
    return [text for text in found if text not in wanted] + [f"not: {text}" for text in wanted if text not in found]


def mesh_complaints(rendering):
    """Every node watches every node, also those that are not ready, and nothing asks for an operator."""
    level = "privileged" if rendering.name == HOST_NETWORK else "restricted"
    yield from namespace_complaints(rendering, level)
    targets = settings_of(rendering, of_watcher=True).get("WATCH_TARGETS", "").split(",")
    asked = {tuple(target.split(":")) for target in targets}
    there = set()
    for service in rendering.of_kind("Service"):
        spec, name = service["spec"], service["metadata"]["name"]
        there |= {(name, str(port["port"])) for port in spec["ports"]}
        if spec.get("clusterIP") == "None" and spec.get("publishNotReadyAddresses") is not True:
            yield f"{label_of(service)}: a node that does not answer is not watched any more"
    for name, port in sorted(asked ^ there):
        yield f"{name}:{port} is {'no Service' if (name, port) in asked else 'not watched'}"
    for pod in pods_of(rendering):
        if pod.owner["kind"] != "DaemonSet" or pod.spec.get("tolerations") != [{"operator": "Exists"}]:
            yield f"{pod.where}: does not run on every node"
    if rendering.name == HOST_NETWORK and rendering.of_kind("NetworkPolicy"):
        yield "has a NetworkPolicy, which does nothing for the network of the nodes"
    for thing in rendering.objects if rendering.name != "mesh/monitoring" else ():
        if thing["apiVersion"] not in EVERYWHERE | {"networking.k8s.io/v1"}:
            yield f"{label_of(thing)}: it needs {thing['apiVersion']}, which a cluster may not have"


def complaints(rendering):
    if not rendering.rendered:
        return
    if rendering.name.split("/")[0] == "mesh":
        yield from mesh_complaints(rendering)
    own = {"minimal": minimal_complaints, "dev": dev_complaints,
           "production": production_complaints}.get(rendering.name)
    if own:
        yield from namespace_complaints(rendering)
        yield from own(rendering)
