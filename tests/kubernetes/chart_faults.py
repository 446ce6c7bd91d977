#!/usr/bin/env python3
"""chart_faults.py ROOT: every field of every object that the chart renders is changed, removed, and given a neighbour,
one at a time; every object is removed, repeated, and doubled under another name. The comparison with the manifests
must notice each."""

import copy
import sys
from pathlib import Path

import chart
import comparison
import rendering
from rendering import Rendering, label_of


def paths(node, path=()):
    """Of everything in a node, itself included."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from paths(value, (*path, key))


def at(node, path):
    for key in path:
        node = node[key]
    return node


def changed(value):
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


def faults_of(thing):
    """What was done, and the object after it."""
    for path in paths(thing):
        where = "/".join(map(str, path))
        node = at(thing, path)
        if isinstance(node, dict):
            broken = copy.deepcopy(thing)
            at(broken, path)["another"] = "field"
            yield f"{where}: another field", broken
        elif isinstance(node, list):
            broken = copy.deepcopy(thing)
            at(broken, path).append(copy.deepcopy(node[0]))
            yield f"{where}: another item", broken
        elif path:
            broken = copy.deepcopy(thing)
            at(broken, path[:-1])[path[-1]] = changed(node)
            yield f"{where}: another value", broken
        if path not in ((), ("apiVersion",), ("kind",), ("metadata",), ("metadata", "name")):  # then it is no object
            broken = copy.deepcopy(thing)
            del at(broken, path[:-1])[path[-1]]
            yield f"{where}: removed", broken


def faults(objects):
    for index, thing in enumerate(objects):
        rest = objects[:index] + objects[index + 1:]
        yield f"{label_of(thing)}: removed", rest
        yield f"{label_of(thing)}: twice", (*objects, thing)
        double = copy.deepcopy(thing)
        double["metadata"]["name"] += "-double"
        yield f"{label_of(thing)}: doubled", (*objects, double)
        for text, broken in faults_of(thing):
            yield f"{label_of(thing)}: {text}", (*rest, broken)


def main():
    root = Path(sys.argv[1]).resolve()
    manifests = {one.name: one.objects for one in rendering.renderings(root)}
    ours = (*manifests["base"], *manifests["smoke-test"])
    theirs = chart.rendered(root, "chart")
    found = [*comparison.complaints(ours, theirs)]
    assert not found, found
    count = 0
    for text, objects in faults(theirs.objects):
        assert [*comparison.complaints(ours, Rendering("chart", objects, True))], f"not noticed: {text}"
        count += 1
    print(f"all {count} faults were noticed")


if __name__ == "__main__":
    main()
