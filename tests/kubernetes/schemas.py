"""The schemas that a cluster validates objects with, made strict: fields that they do not know are refused."""

import json
import re
from pathlib import Path

import jsonschema
import yaml

from rendering import LOADER, label_of

KEEPS_UNKNOWN = "x-kubernetes-preserve-unknown-fields"
OWN = Path(__file__).resolve().parent / "crds"  # for the kinds that only our examples use
GROUP_VERSION_KIND = "x-kubernetes-group-version-kind"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
KEYS = "x-kubernetes-list-map-keys"
DEFAULT = re.compile(r"\b[Dd]efaults? (to|is)\b")  # most defaults stand in the description only


def strict(node):
    if isinstance(node, list):
        return [strict(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: strict(value) for key, value in node.items()}
    if isinstance(made.get("properties"), dict) and not made.get(KEEPS_UNKNOWN):
        made.setdefault("additionalProperties", False)
    return made


def _resolved(schema, components):
    for part in (schema, *schema.get("allOf", ())):
        if "$ref" in part:
            return components["schemas"][part["$ref"].rsplit("/", 1)[1]]
    return schema


def _is_atomic(schema):
    """Lists are, unless they have keys."""
    return schema.get("x-kubernetes-map-type") == "atomic" or (schema.get("type") == "array" and KEYS not in schema)


def unstated(schema, components, node, path="", atomic=False):
    """Fields that are not given and that the API server fills in where it matters: in what a server-side apply owns as
    a whole, which then differs from what was applied, and among the keys that it tells the items of a list apart by."""
    atomic = atomic or _is_atomic(schema)
    schema = _resolved(schema, components)
    atomic = atomic or _is_atomic(schema)
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from (f"{path}/{index}/{key}" for key in schema.get(KEYS, ()) if key not in item)
            yield from unstated(schema.get("items", {}), components, item, f"{path}/{index}", atomic)
    elif isinstance(node, dict):
        for key, field in schema.get("properties", {}).items():
            if key in node:
                yield from unstated(field, components, node[key], f"{path}/{key}", atomic)
            elif atomic and (field.get("default") or DEFAULT.search(field.get("description", ""))):
                yield f"{path}/{key}"


class Schemas:
    def __init__(self, folder):
        self._schemas = {}  # (apiVersion, kind): a schema that stands by itself
        for path in sorted(Path(folder).glob("kubernetes-*/*.json")):
            self._add_api(json.loads(path.read_text(encoding="utf-8"))["components"])
        for path in (*sorted(OWN.glob("*.yaml")), *sorted(Path(folder).glob("crds/*.yaml"))):
            for definition in yaml.load_all(path.read_text(encoding="utf-8"), LOADER):
                self._add_resource(definition["spec"])

    def _add_api(self, components):
        components = strict(components)
        for name, schema in components["schemas"].items():
            for kind in schema.get(GROUP_VERSION_KIND, []):
                version = "/".join(filter(None, (kind["group"], kind["version"])))
                self._schemas[version, kind["kind"]] = self._part(name, components)
        if OBJECT_META in components["schemas"]:
            self._metadata = self._part(OBJECT_META, components)

    @staticmethod
    def _part(name, components):
        return {"$ref": f"#/components/schemas/{name}", "components": components}

    def _add_resource(self, definition):
        for version in definition["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            self._schemas[f"{definition['group']}/{version['name']}", definition["names"]["kind"]] = schema

    def complaints(self, rendering):
        for thing in rendering.objects:
            where = f"{rendering.name}: {label_of(thing)}"
            schema = self._schemas.get((thing["apiVersion"], thing["kind"]))
            if schema is None:
                yield f"{where}: no schema for {thing['apiVersion']} {thing['kind']}"
                continue
            for field in unstated(schema, schema.get("components", {}), thing):
                yield f"{where}: {field[1:]} is not given, and a server-side apply conflicts with its default"
            for part, node in ((schema, thing), (self._metadata, thing["metadata"])):
                for error in jsonschema.Draft7Validator(part).iter_errors(node):
                    yield f"{where}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
