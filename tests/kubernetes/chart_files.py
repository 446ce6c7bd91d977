"""What the chart repeats of other files: version, rules, dashboard, settings; and that its values, their schema and
its README have the same names and defaults."""

import json
import re

import jsonschema
import yaml
from chart import CHART
from comparison import PERMITTED
from files import text_of, version_of

COPIES = {"alerts.rules.yml": "deploy/prometheus", "recording.rules.yml": "deploy/prometheus",
          "threadecho.json": "deploy/grafana/dashboards", "threadecho-mesh.json": "deploy/grafana/dashboards"}
COPIER = "deploy/helm/copy-files.sh"
README = CHART / "README.md"
ROW = re.compile(r"^\| `([\w.]+)` \|(?: `([^`]*)`)? \|", re.M)
SWITCHES = {"on": True, "off": False}  # what YAML makes of words
# One setting of .env.example: what is allowed, and the default.
EXAMPLE = re.compile(r"^# Allowed: ([^\n]*)\n(?:# [^\n]*\n)*?# ([A-Z_]+)=([^\n]*)$", re.M)


def chart_complaints(root):
    about, version = yaml.safe_load(text_of(root, CHART / "Chart.yaml")), version_of(root)
    for field in ("version", "appVersion"):
        if about[field] != version:
            yield f"{CHART}/Chart.yaml: {field} is {about[field]}, and the program's version {version}"
    for name, folder in COPIES.items():
        if text_of(root, f"{folder}/{name}") != text_of(root, CHART / "files" / name):
            yield f"{CHART}/files/{name} is not {folder}/{name}: run {COPIER}"


def schema_complaints(schema, values, path=""):
    """Each value is in the schema and each property among the values, and no object takes unknown properties."""
    properties = schema.get("properties", {})
    if schema.get("additionalProperties") is not False:
        yield f"the schema takes unknown properties of {path or 'the values'}"
    for name in sorted(properties.keys() ^ values.keys() - {"global"}):
        if path or name != "global":
            yield f"{path}{name} is not in the {'values' if name in properties else 'schema'}"
    for name in properties.keys() & values.keys():
        if "properties" in properties[name] and values[name]:
            yield from schema_complaints(properties[name], values[name], f"{path}{name}.")


def allowed_complaints(root, schema):
    """The schema takes what the program takes, as .env.example says it: enumerations, ranges, defaults."""
    settings = schema["properties"]["settings"]["properties"]
    for allowed, name, default in EXAMPLE.findall(text_of(root, ".env.example")):
        rule = {**settings.get(name, {}), "definitions": schema["definitions"]}
        numbers = re.fullmatch(r"(\d+) to (\d+)", allowed)
        words = [word for word in rule.get("enum", []) if word != "" and not isinstance(word, bool)]
        if words and words != allowed.split(", "):
            yield f"settings.{name} may be {', '.join(words)}, and the program takes {allowed}"
        elif numbers and "minimum" in rule and [rule["minimum"], rule["maximum"]] != [*map(int, numbers.groups())]:
            yield f"settings.{name} may be {rule['minimum']} to {rule['maximum']}, and the program takes {allowed}"
        also = [SWITCHES[word] for word in words if word in SWITCHES]  # where on and off stand without quotes
        for value in ("", default, int(default) if default.isdigit() else default, *also):
            if "$ref" not in rule or not rule["$ref"].endswith("/port"):  # a pod has fixed ports, so never 0 or none
                for error in jsonschema.Draft7Validator(rule).iter_errors(value):
                    yield f"settings.{name}: the program takes {value!r}: {error.message}"


def leaves(values, path=""):
    """Name and default as the README shows them; the settings count as one, labels and lists as one each."""
    for name, value in values.items():
        if isinstance(value, dict) and value and path + name not in ("settings", "dashboard.labels"):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


def readme_complaints(root, values):
    text = text_of(root, README)
    rows = dict(ROW.findall(text))
    there = dict(leaves(values))
    for name in sorted(rows.keys() ^ there.keys()):
        yield f"{README}: {name} is {'no value' if name in rows else 'missing'}"
    for name in sorted(rows.keys() & there.keys() - {"settings"}):
        shown = there[name] if isinstance(there[name], str) else json.dumps(there[name])
        if rows[name] != shown:
            yield f"{README}: the default of {name} is `{shown}`, not `{rows[name]}`"
    for difference in PERMITTED:
        if f"- {difference.what}: {difference.reason}" not in re.sub(r"\n +", " ", text):
            yield f"{README} does not say: {difference.what}: {difference.reason}"


def complaints(root):
    values = yaml.safe_load(text_of(root, CHART / "values.yaml"))
    schema = json.loads(text_of(root, CHART / "values.schema.json"))
    yield from chart_complaints(root)
    yield from schema_complaints(schema, values)
    yield from allowed_complaints(root, schema)
    yield from readme_complaints(root, values)
