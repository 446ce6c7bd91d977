"""What is checked: the dashboards, the rules, the runbook and the tables of metrics, as the files hold them."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

DASHBOARD = "deploy/grafana/dashboards/threadecho.json"
MESH = "deploy/grafana/dashboards/threadecho-mesh.json"
DASHBOARDS = (DASHBOARD, MESH)
PROMETHEUS = "deploy/prometheus/prometheus.yml"
RECORDING = "deploy/prometheus/recording.rules.yml"
ALERTS = "deploy/prometheus/alerts.rules.yml"
RUNBOOK = "docs/runbook.md"
METRICS = "docs/metrics.md"
MONITORING = "docs/monitoring.md"
RULE_TESTS = "tests/prometheus"

# What Prometheus itself adds to the series of a target, or makes.
TARGET_LABELS = {"cluster", "job", "instance", "pod", "namespace", "watcher_node"}
PROMETHEUS_OWN = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity", "reason", "error", "target"}}


@dataclass(frozen=True)
class Expression:
    """An expression with the place it stands in, as a person would name it."""
    where: str
    text: str
    unit: str = ""
    legend: str = ""
    instant: bool = False


@dataclass
class Dashboard:
    raw: dict
    panels: list = field(init=False)

    def __post_init__(self):
        self.panels = [panel for panel in self._all(self.raw.get("panels", [])) if panel.get("type") != "row"]

    def _all(self, panels):
        for panel in panels:
            yield panel
            yield from self._all(panel.get("panels", []))

    def expressions(self):
        found = []
        for panel in self.panels:
            for target in panel.get("targets", []):
                found.append(Expression(f"panel '{panel.get('title')}' {target.get('refId')}", target.get("expr", ""),
                                        self._unit(panel, target), target.get("legendFormat", ""),
                                        target.get("instant", False)))
        for annotation in self.raw.get("annotations", {}).get("list", []):
            found.append(Expression(f"annotation '{annotation.get('name')}'", annotation.get("target", {}).get("expr", "")))
        return found

    @staticmethod
    def _unit(panel, target):
        config = panel.get("fieldConfig", {})
        for override in config.get("overrides", []):
            if override["matcher"].get("options") == target.get("legendFormat"):
                for change in override["properties"]:
                    if change["id"] == "unit":
                        return change["value"]
        return config.get("defaults", {}).get("unit", "")


def dashboard(root, name=DASHBOARD):
    return Dashboard(json.loads((Path(root) / name).read_text(encoding="utf-8")))


def dashboards(root):
    return [dashboard(root, name) for name in DASHBOARDS]


def rules(root, name):
    document = yaml.safe_load((Path(root) / name).read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def rule_expressions(root):
    recorded = [Expression(f"recording rule {rule['record']}", rule["expr"]) for rule in rules(root, RECORDING)]
    alerts = [Expression(f"alert {rule['alert']}", rule["expr"]) for rule in rules(root, ALERTS)]
    return recorded, alerts


def is_of_watch(expression):
    """Asks for what `threadecho watch` exposes, or whether it is up; a server does not."""
    return "threadecho_watch_" in expression.text or expression.where == "alert ThreadechoWatcherDown"


def runbook_entries(root):
    """The alerts that have a heading of their own."""
    return set(re.findall(r"^## (Threadecho\w+)$", (Path(root) / RUNBOOK).read_text(encoding="utf-8"), re.MULTILINE))


def documented_series(root, page, heading):
    """Names of series with their labels: the table of that section of a page. A test holds it against the program's
    output."""
    series = {}
    in_section = False
    for line in (Path(root) / page).read_text(encoding="utf-8").splitlines():
        if re.match(r"##+ ", line) and line.index(" ") <= heading.index(" "):
            in_section = line == heading
        if not in_section or not line.startswith("| `"):
            continue
        names, kind, labels = line.split("|")[1:4]
        own = set(re.findall(r"`(\w+)`", labels))
        for name in re.findall(r"`(\w+)`", names):
            if kind.strip() == "histogram":
                series.update({name + "_bucket": own | {"le"}, name + "_sum": own, name + "_count": own})
            else:
                series[name] = own
    return series


def known_series(root):
    """What the server and `watch` have, what is recorded, and Prometheus's own."""
    series = {**PROMETHEUS_OWN, **documented_series(root, METRICS, "## Metrics of watch"),
              **documented_series(root, METRICS, "## Metrics of the server")}
    for rule in rules(root, RECORDING):
        series[rule["record"]] = {"reason", "error", "kind", "target", "address", "node"}
    return series
