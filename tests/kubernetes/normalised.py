"""What the API server does not keep as it is written. `kubectl diff` and GitOps tools would report it as drift after
each apply, or a server-side apply would conflict with it. schemas.py finds what only the schemas know."""

import re

from rendering import label_of

QUANTITIES = {"averageValue", "sizeLimit", "storage"}
RESOURCES = {"limits", "requests"}
# It keeps these, with the largest suffix that leaves the number whole.
QUANTITY = re.compile(r"(0|[1-9]\d*)(m|k|[MGT]|[KMGT]i)?")


def _is_canonical(quantity):
    match = isinstance(quantity, str) and QUANTITY.fullmatch(quantity)
    if not match:
        return False
    number, suffix = int(match.group(1)), match.group(2) or ""
    return (number == 0 and not suffix) or number % (1024 if suffix.endswith("i") else 1000) != 0


def _is_empty(node):
    return node is None or (isinstance(node, (str, list, dict)) and not node)


def _complaints(node, path):
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        here = (*path, str(key))
        if _is_empty(value) and path != ("data",):  # a ConfigMap's values may be empty
            yield f"{'/'.join(here)} is empty, and the API server drops it"
        elif (key in QUANTITIES or path[-1:] and path[-1] in RESOURCES) and not _is_canonical(value):
            yield f"{'/'.join(here)}: the API server writes {value!r} in another way"
        elif key == "fieldRef" and value.get("apiVersion") != "v1":
            yield f"{'/'.join(here)}: no apiVersion: v1, and a server-side apply conflicts with that default"
        yield from _complaints(value, here)


def complaints(rendering):
    for thing in rendering.objects:
        for text in _complaints(thing, ()):
            yield f"{label_of(thing)}: {text}"
