#!/usr/bin/env python3
"""check_schema.py ROOT SCHEMAS: each dashboard is what Grafana's own schemas say of dashboards, panels and queries."""

import json
import sys
from pathlib import Path

import jsonschema

import subjects

PANELS = {"timeseries": "timeseries", "stat": "stat", "bargauge": "bargauge", "heatmap": "heatmap", "table": "table",
          "state-timeline": "statetimeline"}
ANY = {"type": "object", "additionalProperties": {}}  # how these schemas write a member that may be anything
ANYTHING = ("value", "options")


def schema_of(folder, name):
    def loosened(node):
        if isinstance(node, dict):
            return {key: {} if key in ANYTHING and without_text(value) == ANY else loosened(value)
                    for key, value in node.items()}
        return [loosened(value) for value in node] if isinstance(node, list) else node

    def without_text(node):
        return {key: value for key, value in node.items() if key != "description"} if isinstance(node, dict) else node

    return loosened(json.loads((folder / f"{name}.jsonschema.json").read_text(encoding="utf-8")))


def part(schema, definition):
    return {"$schema": schema["$schema"], "$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]}


def deepest(error):
    """Of the alternatives of a oneOf, the one that came closest."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def complaints(schema, node, where):
    for error in jsonschema.Draft7Validator(schema).iter_errors(node):
        error = deepest(error)
        yield f"{where}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def complaints_of(dashboard, folder):
    # What begins with __ is for the import from a file.
    loaded = {key: value for key, value in dashboard.raw.items() if not key.startswith("__")}
    found = [*complaints(schema_of(folder, "dashboard"), loaded, "dashboard")]
    query = schema_of(folder, "prometheus")
    for panel in dashboard.panels:
        where = f"panel '{panel.get('title')}'"
        if panel["type"] not in PANELS:
            found.append(f"{where}: no schema for the type {panel['type']}")
            continue
        schema = schema_of(folder, PANELS[panel["type"]])
        found += complaints(part(schema, "Options"), panel["options"], where + " options")
        if "FieldConfig" in schema["definitions"]:
            found += complaints(part(schema, "FieldConfig"), panel["fieldConfig"]["defaults"].get("custom", {}),
                                where + " custom")
        for target in panel["targets"]:
            found += complaints(query, target, f"{where} {target['refId']}")
    return found


def main():
    dashboards = subjects.dashboards(sys.argv[1])
    found = [text for dashboard in dashboards for text in complaints_of(dashboard, Path(sys.argv[2]))]
    for complaint in found:
        print(complaint)
    count = sum(len(dashboard.panels) for dashboard in dashboards)
    print(f"{count} panels against the schemas, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
