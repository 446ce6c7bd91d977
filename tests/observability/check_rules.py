#!/usr/bin/env python3
"""check_rules.py ROOT: what promtool does not ask of rules: known metrics, names, texts, the runbook, test cases."""

import re
import sys
from pathlib import Path

import yaml

import subjects
from check_expressions import complaints
from promql import selectors_of

SUMMARY = re.compile(r"[A-Z][^{}]*\.")  # the same for all instances, so that a notification can group them
RECORD_NAME = re.compile(r"(instance|job):[a-z][a-z0-9_]*:[a-z][a-z0-9_]*")
SEVERITIES = {"critical", "warning", "info"}


def alert_complaints(root):
    entries = subjects.runbook_entries(root)
    alerts = subjects.rules(root, subjects.ALERTS)
    runbook = subjects.dashboard(root).raw["templating"]["list"]
    base = next((variable["query"] for variable in runbook if variable["name"] == "runbook"), None)
    names = [rule["alert"] for rule in alerts]
    page = (Path(root) / subjects.MONITORING).read_text(encoding="utf-8")
    for rule in alerts:
        name = rule["alert"]
        notes = rule.get("annotations", {})
        if rule.get("labels", {}).get("severity") not in SEVERITIES:
            yield f"alert {name}: severity is none of {', '.join(sorted(SEVERITIES))}"
        for note in ("summary", "description"):
            if not notes.get(note):
                yield f"alert {name}: no {note}"
        if not SUMMARY.fullmatch(notes.get("summary", "X.")):
            yield f"alert {name}: its summary is not one sentence without values"
        if "$labels" not in notes.get("description", "") or "$labels.job" not in notes.get("dashboard_url", ""):
            yield f"alert {name}: its description or dashboard_url does not say where"
        if notes.get("runbook_url") != f"{base}#{name.lower()}":
            yield f"alert {name}: runbook_url is not {base}#{name.lower()}"
        if name not in entries:
            yield f"alert {name}: no entry in {subjects.RUNBOOK}"
        if f"`{name}`" not in page:
            yield f"alert {name}: {subjects.MONITORING} does not name it"
    for name in sorted(entries - set(names)):
        yield f"{subjects.RUNBOOK}: no alert is called {name}"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"alert {name}: there are two of that name"


def selection_complaints(expressions):
    """Rules on servers select the job of servers, those on watchers theirs: two texts in all, which a place can change."""
    jobs = {}
    for expression in expressions:
        for selector in selectors_of(expression.text):
            job = tuple(matcher for matcher in selector.matchers if matcher[0] == "job")
            jobs.setdefault(subjects.is_of_watch(expression), {}).setdefault(job, expression.where)
    for several in jobs.values():
        if len(several) > 1 or () in several:
            yield f"rules select different jobs: {several}"


def recording_complaints(root, alerts):
    asked_for = {selector.name for alert in alerts for selector in selectors_of(alert.text)}
    for rule in subjects.rules(root, subjects.RECORDING):
        if not RECORD_NAME.fullmatch(rule["record"]):
            yield f"recording rule {rule['record']}: its name is not level:metric:operation"
        if rule["record"] not in asked_for:
            yield f"recording rule {rule['record']}: no alert asks for it"


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
    if not found:
        found += selection_complaints(recorded + alerts)
    found += [*recording_complaints(root, alerts), *alert_complaints(root), *case_complaints(root)]
    for complaint in found:
        print(complaint)
    print(f"{len(recorded)} recording rules, {len(alerts)} alerts, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
