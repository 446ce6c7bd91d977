#!/usr/bin/env python3
"""check_rules.py ROOT: what promtool does not ask of rules: known metrics, names, texts, the runbook, test cases."""

import re
import sys
from pathlib import Path

import yaml

import subjects
from check_expressions import complaints

RECORD_NAME = re.compile(r"(instance|instance_reason|job):[a-z][a-z0-9_]*:[a-z][a-z0-9_]*")
SEVERITIES = {"critical", "warning", "info"}


def alert_complaints(root):
    entries = subjects.runbook_entries(root)
    alerts = subjects.rules(root, subjects.ALERTS)
    runbook = subjects.dashboard(root).raw["templating"]["list"]
    base = next((variable["query"] for variable in runbook if variable["name"] == "runbook"), None)
    names = [rule["alert"] for rule in alerts]
    readme = (Path(root) / subjects.README).read_text(encoding="utf-8")
    for rule in alerts:
        name = rule["alert"]
        notes = rule.get("annotations", {})
        if rule.get("labels", {}).get("severity") not in SEVERITIES:
            yield f"alert {name}: severity is none of {', '.join(sorted(SEVERITIES))}"
        for note in ("summary", "description"):
            if not notes.get(note):
                yield f"alert {name}: no {note}"
        if notes.get("runbook_url") != f"{base}#{name.lower()}":
            yield f"alert {name}: runbook_url is not {base}#{name.lower()}"
        if name not in entries:
            yield f"alert {name}: no entry in {subjects.RUNBOOK}"
        if f"`{name}`" not in readme:
            yield f"alert {name}: {subjects.README} does not name it"
    for name in sorted(entries - set(names)):
        yield f"{subjects.RUNBOOK}: no alert is called {name}"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"alert {name}: there are two of that name"


def recording_complaints(root):
    for rule in subjects.rules(root, subjects.RECORDING):
        if not RECORD_NAME.fullmatch(rule["record"]):
            yield f"recording rule {rule['record']}: its name is not level:metric:operation"


def case_complaints(root):
    """Each alert has a case that fires it and one that leaves it silent."""
    fires, silent = set(), set()
    for path in sorted((Path(root) / subjects.RULE_TESTS).glob("*.test.yml")):
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for case in test.get("alert_rule_test", []):
                (fires if case.get("exp_alerts") else silent).add(case["alertname"])
    for rule in subjects.rules(root, subjects.ALERTS):
        if rule["alert"] not in fires:
            yield f"alert {rule['alert']}: no case in {subjects.RULE_TESTS} fires it"
        if rule["alert"] not in silent:
            yield f"alert {rule['alert']}: no case in {subjects.RULE_TESTS} leaves it silent"


def main():
    root = sys.argv[1]
    recorded, alerts = subjects.rule_expressions(root)
    found = complaints(recorded + alerts, subjects.known_series(root))
    found += [*recording_complaints(root), *alert_complaints(root), *case_complaints(root)]
    for complaint in found:
        print(complaint)
    print(f"{len(recorded)} recording rules, {len(alerts)} alerts, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
