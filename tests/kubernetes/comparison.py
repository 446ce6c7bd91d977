"""The chart against the manifests, object by object. PERMITTED is the complete list of what may differ."""

import copy
import re
from collections import Counter
from dataclasses import dataclass
from typing import Callable

from rendering import label_of
from workload import CHECKSUM

HASHED_NAME = re.compile(r"(threadecho-settings)-[a-z0-9]{10}")
HOOK = {"helm.sh/hook": "test", "helm.sh/hook-delete-policy": "before-hook-creation"}
LABEL = "app.kubernetes.io/managed-by"


@dataclass(frozen=True)
class Difference:
    """Something that may differ. Each function brings its side to the form that both can have, and leaves what it does
    not expect, so that the comparison finds it."""
    what: str  # as the chart's README names it
    reason: str
    of_manifests: Callable = lambda thing: thing
    of_chart: Callable = lambda thing: thing


def _within(thing, *path):
    """A part of the object, made empty where it is not there."""
    for key in path:
        thing = thing.setdefault(key, {})
    return thing


def _managed_by_kustomize(thing):
    for labels in (thing["metadata"].get("labels", {}),
                   thing.get("spec", {}).get("template", {}).get("metadata", {}).get("labels", {})):
        if labels.get(LABEL) == "Helm":
            labels[LABEL] = "kustomize"
    return thing


def _take_away(names, name, pattern):
    """From labels or annotations, what must be there and match. Anything else stays, or is named, and so differs."""
    if re.fullmatch(pattern, names.get(name, "")):
        del names[name]
    else:
        names.setdefault(name, "missing")


def _without_chart(thing):
    _take_away(_within(thing, "metadata", "labels"), "helm.sh/chart", r"threadecho-\d+\.\d+\.\d+")
    return thing


def _without_hash(thing):
    """The ConfigMap's own name and that in envFrom."""
    sources = [source.get("configMapRef", {}) for container in
               thing.get("spec", {}).get("template", {}).get("spec", {}).get("containers", [])
               for source in container.get("envFrom", [])]
    named = [thing["metadata"]] if thing["kind"] == "ConfigMap" else sources
    for node in named:
        if match := HASHED_NAME.fullmatch(node.get("name", "")):
            node["name"] = match.group(1)
    return thing


def _without_checksum(thing):
    if thing["kind"] == "Deployment":
        annotations = _within(thing, "spec", "template", "metadata", "annotations")
        _take_away(annotations, CHECKSUM, "[0-9a-f]{64}")
    return thing


def _without_hook(thing):
    if thing["kind"] == "Job":
        annotations = _within(thing, "metadata", "annotations")
        for name, value in HOOK.items():
            _take_away(annotations, name, value)
        if not annotations:
            del thing["metadata"]["annotations"]
    return thing


def _without_namespace(thing):
    thing["metadata"].pop("namespace", None)
    return None if thing["kind"] == "Namespace" else thing


PERMITTED = (
    Difference("the label `app.kubernetes.io/managed-by`",
               "it names the tool, and Helm adopts only what has `Helm` there",
               of_chart=_managed_by_kustomize),
    Difference("the label `helm.sh/chart`", "Helm's convention; only on objects, so that a new chart restarts no pod",
               of_chart=_without_chart),
    Difference("the name of the settings' ConfigMap, without a hash",
               "Helm deletes the old ConfigMap in an upgrade while old pods still need it, and cannot roll back to one "
               "that it was told to keep", of_manifests=_without_hash),
    Difference("the pods' annotation `checksum/settings`", "it takes the place of the hash: a change starts a rollout",
               of_chart=_without_checksum),
    Difference("the smoke test's annotations `helm.sh/hook` and `helm.sh/hook-delete-policy`",
               "they make it what `helm test` runs", of_chart=_without_hook),
    Difference("the namespace, and the Namespace object of overlays",
               "Helm installs into the namespace that it is told",
               of_manifests=_without_namespace),
)


def _by_identity(objects, side):
    found = {}
    for thing in copy.deepcopy(list(objects)):
        for difference in PERMITTED:
            thing = thing and getattr(difference, side)(thing)
        if thing:
            found[thing["apiVersion"], label_of(thing)] = thing
    return found


def _differences(path, manifests, chart):
    if isinstance(manifests, dict) and isinstance(chart, dict):
        for key in sorted(manifests.keys() | chart.keys()):
            if key not in chart:
                yield f"{path}{key} is missing"
            elif key not in manifests:
                yield f"{path}{key} is not in the manifests"
            else:
                yield from _differences(f"{path}{key}.", manifests[key], chart[key])
    elif isinstance(manifests, list) and isinstance(chart, list) and len(manifests) == len(chart):
        for index, (one, other) in enumerate(zip(manifests, chart)):
            yield from _differences(f"{path}{index}.", one, other)
    elif manifests != chart or isinstance(manifests, bool) != isinstance(chart, bool):
        yield f"{path.rstrip('.')} is {str(chart)[:100]!r}, and in the manifests {str(manifests)[:100]!r}"


def complaints(manifests, chart):
    """manifests: the objects of one or several kustomizations together; chart: a Rendering."""
    for label in sorted(label for label, count in Counter(map(label_of, chart.objects)).items() if count > 1):
        yield f"{chart.name}: {label} is there more than once"
    ours, theirs = _by_identity(manifests, "of_manifests"), _by_identity(chart.objects, "of_chart")
    for version, label in sorted(ours.keys() | theirs.keys()):
        key = version, label
        if key not in theirs:
            yield f"{chart.name}: {version} {label} is missing"
        elif key not in ours:
            yield f"{chart.name}: {version} {label} is not in the manifests"
        else:
            for text in _differences("", ours[key], theirs[key]):
                yield f"{chart.name}: {label}: {text}"
