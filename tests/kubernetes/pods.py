"""What a pod is made of, and the units that its figures are written in."""

import re
from dataclasses import dataclass

SUFFIXES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "k": 10**3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30,
            "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
SECONDS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}


@dataclass(frozen=True)
class Pod:
    """A pod template, and the object that has it."""
    owner: dict
    template: dict

    @property
    def where(self):
        return f"{self.owner['kind']} {self.owner['metadata']['name']}"

    @property
    def spec(self):
        return self.template["spec"]

    @property
    def labels(self):
        return self.template["metadata"].get("labels", {})

    @property
    def annotations(self):
        return self.template["metadata"].get("annotations", {})

    @property
    def containers(self):
        return [container for field in ("containers", "initContainers", "ephemeralContainers")
                for container in self.spec.get(field, [])]

    @property
    def serves(self):
        """Runs until it is told to stop; a Job's pod ends of itself."""
        return self.owner["kind"] != "Job"


def pods_of(rendering):
    found = []
    for thing in rendering.objects:
        spec = thing.get("spec", {})
        if "containers" in spec:
            found.append(Pod(thing, thing))
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            found.append(Pod(thing, template))
    return found


def is_watcher(container):
    """Runs `threadecho watch`; the others serve, or are a Job's."""
    return container.get("args", [])[:1] == ["watch"]


def ports_of(pod):
    return {port.get("name"): port["containerPort"] for container in pod.containers
            for port in container.get("ports", [])}


def settings_of(rendering, of_watcher=False):
    """The settings that the server gets, or the watcher: the ConfigMap that envFrom names. Those without a value count as
    unset."""
    names = {source.get("configMapRef", {}).get("name") for pod in pods_of(rendering) for container in pod.containers
             if is_watcher(container) == of_watcher for source in container.get("envFrom", [])}
    for config in rendering.of_kind("ConfigMap"):
        if config["metadata"]["name"] in names:
            return {key: value for key, value in config["data"].items() if value}
    return {}


def bytes_in(text):
    number, suffix = re.fullmatch(r"(\d+)([A-Za-z]*)", str(text)).groups()
    return int(number) * SUFFIXES[suffix]


def thousandths_in(text):
    """Of a CPU, or of what else is counted."""
    return int(text[:-1]) if text.endswith("m") else 1000 * int(text)


def seconds_in(text):
    parts = re.findall(r"(\d+)(ms|[ywdhms])", text)
    assert parts and "".join(number + unit for number, unit in parts) == text, f"{text} is no duration"
    return sum(int(number) * SECONDS[unit] for number, unit in parts)
