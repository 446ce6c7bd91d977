#!/usr/bin/env python3
"""check_dashboard.py ROOT: what must hold of each dashboard for those who read it, and for the machine that loads it."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

import subjects
from check_expressions import complaints
from promql import selectors_of

DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True)
class Board:
    """What one dashboard is called, and what can be chosen above it: the matchers of every series, and those that only its
    own metrics have."""
    uid: str
    variables: tuple
    chosen: tuple
    job: str  # selected whatever is chosen, so that All means all of ours
    own: str = ""
    chosen_of_own: tuple = ()


def chosen_by(variables):
    return tuple((name, "=~", f"${name}") for name in variables)


WHERE = ("cluster", "namespace", "job", "instance")
BOARDS = {
    subjects.DASHBOARD: Board("threadecho", WHERE + ("pod",), chosen_by(WHERE + ("pod",)), "threadecho"),
    subjects.MESH: Board("threadecho-mesh", WHERE + ("target", "watcher"),
                         chosen_by(WHERE) + (("watcher_node", "=~", "$watcher"),),
                         "threadecho-watch", "threadecho_watch_", chosen_by(("target",))),
}
SPANS = ("$__rate_interval", "$__range")
COLUMNS = 24
# Panels that draw the level of an alert on a recorded share: they show that share, except for the span.
RECORDED = {"panel 'TCP retransmits' A": "instance:threadecho_tcp_retransmitted_segments:ratio_rate5m",
            "panel 'Connections lost' A": "instance:threadecho_connections_lost:ratio_rate5m"}
GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)")
PLACE = {"cluster", "namespace", "job"}
# Within one place they name a target or a path; in another place the same name means another one.
NAMES = {"instance", "pod", "watcher_node", "target", "from", "to"}


def whole_complaints(board, raw):
    if raw.get("uid") != board.uid or raw.get("id") is not None:
        yield f"uid must be {board.uid}, and there must be no id: links lead to it"
    if not any("process_start_time_seconds" in annotation["target"]["expr"] for annotation in raw["annotations"]["list"]):
        yield "no annotation marks restarts"
    needed = {one["id"] for one in raw.get("__requires", []) if one["type"] == "panel"}
    if missing := {panel["type"] for panel in subjects.Dashboard(raw).panels} - needed:
        yield f"__requires is without {', '.join(sorted(missing))}"
    if colours := sorted(set(re.findall(r'"#[0-9A-Fa-f]{3,8}"|"rgba?\([^"]*"', json.dumps(raw)))):
        yield f"colours that do not follow the theme: {', '.join(colours)}"


def variable_complaints(board, raw):
    """As grafana/dashboard-linter wants it: every choice can be of several or of all, and follows the time that is shown."""
    variables = {variable["name"]: variable for variable in raw.get("templating", {}).get("list", [])}
    if variables.get("datasource", {}).get("label") != "Data source":
        yield "the variable datasource is not labelled Data source"
    for name in board.variables:
        variable = variables.get(name)
        if not variable:
            yield f"no variable {name}"
            continue
        everything = ".+" if name in ("job", "instance") else ".*"  # a series may lack the others
        if not (variable["multi"] and variable["includeAll"] and variable["allValue"] == everything and variable["refresh"] == 2):
            yield f"variable {name}: not multi-select with all as {everything}, or not read again when the time changes"
        if f'job="{board.job}"' not in variable["query"]:
            yield f'variable {name}: offers values of targets outside job="{board.job}"'
        if variable["hide"] != 0:
            yield f"variable {name}: is hidden"


def data_source_complaints(node, where="dashboard"):
    """Every data source is the one that was chosen above the dashboard."""
    if isinstance(node, dict):
        if "datasource" in node and node["datasource"] != DATA_SOURCE:
            yield f"{node.get('title') or node.get('name') or where}: hard-coded data source {node['datasource']}"
        for key, value in node.items():
            yield from data_source_complaints(value, node.get("title") or key)
    elif isinstance(node, list):
        for value in node:
            yield from data_source_complaints(value, where)


def layout_complaints(panels):
    """Of the panels that are seen at first, and of those in each collapsed row."""
    taken = {}
    for panel in panels:
        if panel.get("panels"):
            yield from layout_complaints(panel["panels"])
        place = panel["gridPos"]
        if place["x"] + place["w"] > COLUMNS:
            yield f"panel '{panel.get('title')}': does not fit the width"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (x, y) in taken:
                    yield f"panel '{panel.get('title')}': lies on '{taken[x, y]}'"
                    return
                taken[x, y] = panel.get("title")


def twin_complaints(panels):
    for name in ("id", "title"):
        values = [str(panel.get(name)) for panel in panels]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield f"two panels have the {name} {value}"


def panel_complaints(panel, anchors):
    if not panel.get("title"):
        yield "no title"
    if not panel.get("description"):
        yield "no description"
    if not panel.get("targets"):
        yield "shows nothing"
    if panel.get("datasource") is None or any("datasource" not in target for target in panel.get("targets", [])):
        yield "a data source is left to chance"
    config = panel.get("fieldConfig", {}).get("defaults", {})
    if not config.get("unit"):
        yield "no unit"
    if panel["type"] == "timeseries" and not config.get("custom", {}).get("axisLabel"):
        yield "no label on its axis"
    if panel["type"] == "heatmap" and not panel["options"].get("yAxis", {}).get("unit"):
        yield "no unit on its axis"
    for link in panel.get("links", []):
        url, _, anchor = link["url"].partition("#")
        if url != "${runbook}" or anchor not in anchors:
            yield f"its link {link['url']} leads nowhere in the runbook"


def selection_complaints(board, dashboard):
    """Panels show what was chosen above the dashboard, over spans that follow the zoom."""
    for expression in dashboard.expressions():
        for selector in selectors_of(expression.text):
            own = board.chosen_of_own if board.own and selector.name.startswith(board.own) else ()
            missing = [f"{label}{op}\"{value}\"" for label, op, value in board.chosen + own
                       if not {(label, op, value), (label, op, f"{value}|")} & set(selector.matchers)]
            if missing:
                yield f"{expression.where}: {selector.name} without {', '.join(missing)}"
            if selector.name != "ALERTS" and ("job", "=", board.job) not in selector.matchers:
                yield f'{expression.where}: {selector.name} without job="{board.job}": All would count foreign targets'
            if selector.range and selector.range not in SPANS:
                yield f"{expression.where}: [{selector.range}] is none of {', '.join(SPANS)}"


def grouping_complaints(dashboard):
    """What is told apart by name is told apart by place too."""
    for expression in dashboard.expressions():
        for labels in GROUPING.findall(expression.text):
            labels = {label.strip() for label in labels.split(",")}
            if labels & NAMES and PLACE - labels:
                yield f"{expression.where}: adds up over {', '.join(sorted(PLACE - labels))} by {', '.join(sorted(labels))}"


def recorded_complaints(root):
    recorded = {rule["record"]: "".join(rule["expr"].split()) for rule in subjects.rules(root, subjects.RECORDING)}
    shown = {expression.where: expression.text for expression in subjects.dashboard(root).expressions()}
    for where, name in RECORDED.items():
        text = re.sub(r'\w+=~"\$\w+",', "", "".join(shown.get(where, "").split())).replace("$__rate_interval", "5m")
        if recorded[name] not in text:
            yield f"{where}: does not show what {name} records"


def lint_complaints(root):
    """Each exception from the rules of grafana/dashboard-linter has a reason."""
    path = Path(subjects.DASHBOARD).parent / ".lint"
    rules = yaml.safe_load((Path(root) / path).read_text(encoding="utf-8"))
    for rule, about in [*rules.get("exclusions", {}).items(), *rules.get("warnings", {}).items()]:
        if not (about or {}).get("reason"):
            yield f"{path}: {rule} has no reason"


def unseen_complaints(root, series):
    """Each metric of ours is shown or alerts."""
    recorded, alerts = subjects.rule_expressions(root)
    shown = [expression for dashboard in subjects.dashboards(root) for expression in dashboard.expressions()]
    used = {selector.name for expression in shown + recorded + alerts for selector in selectors_of(expression.text)}
    for name in sorted(series):
        if name.startswith(("threadecho_", "process_")) and name not in used and not name.endswith(("_sum", "_count")):
            yield f"no panel and no rule uses {name}"


def complaints_of(root, name, series, anchors):
    """Of one dashboard: what is wrong, and whether all its expressions can be understood."""
    board, dashboard = BOARDS[name], subjects.dashboard(root, name)
    found = [*whole_complaints(board, dashboard.raw), *data_source_complaints(dashboard.raw),
             *variable_complaints(board, dashboard.raw), *layout_complaints(dashboard.raw["panels"]),
             *twin_complaints(dashboard.panels), *grouping_complaints(dashboard)]
    for panel in dashboard.panels:
        found += [f"panel '{panel.get('title')}': {text}" for text in panel_complaints(panel, anchors)]
    unknown = complaints(dashboard.expressions(), series)
    found += unknown or selection_complaints(board, dashboard)
    print(f"{board.uid}: {len(dashboard.panels)} panels, {len(found)} complaints")
    return found, not unknown


def main():
    root = sys.argv[1]
    series = subjects.known_series(root)
    anchors = {name.lower() for name in subjects.runbook_entries(root)}
    looked_at = [complaints_of(root, name, series, anchors) for name in BOARDS]
    found = [text for complaints_of_one, _ in looked_at for text in complaints_of_one] + [*lint_complaints(root)]
    found += recorded_complaints(root)
    if all(understood for _, understood in looked_at):
        found += unseen_complaints(root, series)
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
