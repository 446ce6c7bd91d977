"""What every pod must have beside its security: resources, probes, a drain that fits, settings, names."""

import re

from pods import is_watcher, pods_of, ports_of, seconds_in, settings_of

HUNG = 10  # seconds that a process which does not answer may take to be killed
PROBES = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
DOWNWARD = {"POD_NAME": "metadata.name", "POD_NAMESPACE": "metadata.namespace", "NODE_NAME": "spec.nodeName"}
PORTS = {"tcp-echo": "PORT", "http": "HTTP_PORT", "tcp-proxy": "PROXY_PORT", "tcp-identity": "IDENTITY_PORT"}
PORT_OF_WATCHER = ("http-watch", "WATCH_HTTP_PORT")
SETTINGS = r"threadecho-(settings|mesh-settings|mesh-watch)"  # the ConfigMaps
LABELS = ("name", "instance", "component", "part-of", "version", "managed-by")
HASH = r"-[a-z0-9]{10}"
CHECKSUM = "checksum/settings"  # the chart's annotation of the pods, which takes the place of the hash
LAST_SECOND = 1  # what a stop takes beyond DRAIN_DELAY and DRAIN_TIMEOUT


def resource_complaints(where, container):
    resources = container.get("resources", {})
    for kind in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            if resource not in resources.get(kind, {}):
                yield f"{where}: no {kind} of {resource}"


def probe_complaints(where, container, ports):
    own = PORT_OF_WATCHER[0] if is_watcher(container) else "http"
    for name, path in PROBES.items():
        probe = container.get(name)
        if not probe:
            yield f"{where}: no {name}"
        elif "httpGet" not in probe:
            yield f"{where}: {name} is not by HTTP, and so a client"
        elif probe["httpGet"].get("path") != path:
            yield f"{where}: {name} asks {probe['httpGet'].get('path')} and not {path}"
        elif ports.get(probe["httpGet"]["port"]) is None or probe["httpGet"]["port"] != own:
            yield f"{where}: {name} asks port {probe['httpGet']['port']}, which is not the port {own}"
        elif name == "readinessProbe":
            if "terminationGracePeriodSeconds" in probe:
                yield f"{where}: {name} has terminationGracePeriodSeconds, which the API server refuses"
        elif not 1 <= probe.get("terminationGracePeriodSeconds", HUNG + 1) <= HUNG:
            yield f"{where}: {name} gives a process that hangs more than {HUNG} s (terminationGracePeriodSeconds)"


def drain_complaints(pod, settings):
    grace = pod.spec.get("terminationGracePeriodSeconds", 30)
    drain = (seconds_in(settings.get("DRAIN_DELAY", "0s")) + seconds_in(settings.get("DRAIN_TIMEOUT", "8s"))
             + LAST_SECOND)
    if drain >= grace:
        yield f"{pod.where}: a drain may take {drain:g} s, and terminationGracePeriodSeconds is {grace}"
    if seconds_in(settings.get("DRAIN_DELAY", "0s")) == 0:
        yield f"{pod.where}: without DRAIN_DELAY it stops before proxies know"
    if settings.get("READY_DURING_DRAIN_DELAY") != "on":
        yield f"{pod.where}: without READY_DURING_DRAIN_DELAY its probe fails, and no client finds it"
    if any("preStop" in container.get("lifecycle", {}) for container in pod.containers):
        yield f"{pod.where}: a preStop hook: there is no shell, and DRAIN_DELAY does that"


def environment_complaints(rendering, pod, settings, settings_of_watch):
    checksum = pod.annotations.get(CHECKSUM)
    for container in pod.containers:
        known = settings_of_watch if is_watcher(container) else settings
        where = f"{pod.where}: container {container['name']}"
        given = {entry["name"]: entry.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
                 for entry in container.get("env", [])}
        for name, field in DOWNWARD.items():
            if given.get(name) != field:
                yield f"{where}: {name} is not {field}"
        for name in sorted(known & given.keys()):
            yield f"{where}: {name} is set past the ConfigMap"
        sources = container.get("envFrom", [])
        if len(sources) != 1 or sources[0].keys() != {"configMapRef"}:
            yield f"{where}: its settings do not come from one ConfigMap, as they are called"
            continue
        name = sources[0]["configMapRef"]["name"]
        data = [config["data"] for config in rendering.of_kind("ConfigMap") if config["metadata"]["name"] == name]
        if not data:
            yield f"{where}: there is no ConfigMap {name}"
        elif rendering.rendered and not re.fullmatch(SETTINGS + HASH, name) and not checksum:
            yield f"{where}: a change of the ConfigMap {name} does not roll out: it has no hash"
        there = data[0].keys() if data else known
        # The server's are all there, so that they can be seen; a watcher has many that concern a person at a terminal.
        for setting in sorted(there - known if is_watcher(container) else there ^ known):
            yield f"{where}: {setting} is {'not in its ConfigMap' if setting in known else 'not a setting'}"


def port_complaints(pod, settings, settings_of_watcher):
    ports = ports_of(pod)
    name, setting = PORT_OF_WATCHER
    if str(ports.get(name)) != str(settings_of_watcher.get(setting)):
        yield f"{pod.where}: its port {name} is {ports.get(name)}, and {setting} is {settings_of_watcher.get(setting)}"
    for name, setting in PORTS.items():
        if str(ports.get(name, "off")) != settings.get(setting, "off"):
            yield f"{pod.where}: its port {name} is {ports.get(name)}, and {setting} is {settings.get(setting)}"


def rollout_complaints(owner):
    if owner["kind"] == "DaemonSet":
        strategy = owner["spec"].get("updateStrategy", {})
        if strategy.get("type") != "RollingUpdate" or strategy.get("rollingUpdate", {}).get("maxUnavailable") != 1:
            yield f"DaemonSet {owner['metadata']['name']}: a rollout may stop more than one pod at a time"
        return
    strategy = owner["spec"].get("strategy", {})
    if strategy.get("type") != "RollingUpdate" or strategy.get("rollingUpdate", {}).get("maxUnavailable") != 0:
        yield f"{owner['kind']} {owner['metadata']['name']}: a rollout may have fewer pods than before"


def label_complaints(rendering):
    wanted = LABELS if rendering.rendered else LABELS[:3]
    things = [(f"{thing['kind']} {thing['metadata']['name']}", thing["metadata"].get("labels", {}))
              for thing in rendering.objects if thing["kind"] not in ("ConfigMap", "Namespace") or rendering.rendered]
    things += [(f"the pods of {pod.where}", pod.labels) for pod in pods_of(rendering)]
    for where, labels in things:
        own = wanted[3:] if where.startswith("Namespace") else wanted
        for name in own:
            if not labels.get(f"app.kubernetes.io/{name}"):
                yield f"{where}: no label app.kubernetes.io/{name}"


def complaints(rendering, known, known_of_watch, image):
    settings, of_watcher = settings_of(rendering), settings_of(rendering, of_watcher=True)
    for pod in pods_of(rendering):
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.where}: enableServiceLinks is not false"
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.where}: has a token of its service account"
        if pod.spec.get("serviceAccountName", "default") == "default":
            yield f"{pod.where}: runs as the default service account"
        for container in pod.containers:
            where = f"{pod.where}: container {container['name']}"
            if container["image"] != (image if rendering.rendered else image.split(":")[0]):
                yield f"{where}: its image {container['image']} is not {image}, which the Dockerfile builds"
            yield from resource_complaints(where, container)
            if pod.serves:
                yield from probe_complaints(where, container, ports_of(pod))
        if pod.serves:
            yield from drain_complaints(pod, settings)
            yield from environment_complaints(rendering, pod, known, known_of_watch)
            yield from port_complaints(pod, settings, of_watcher)
            yield from rollout_complaints(pod.owner)
    yield from label_complaints(rendering)
