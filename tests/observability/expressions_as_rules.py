#!/usr/bin/env python3
"""expressions_as_rules.py ROOT: the dashboards' expressions as recording rules, which promtool can check."""

import json
import sys

import subjects
from grafana import filled_in


def main():
    found = [expression for board in subjects.dashboards(sys.argv[1]) for expression in board.expressions()]
    rules = [{"record": f"dashboard:expression:{number}", "expr": filled_in(expression.text, {})}
             for number, expression in enumerate(found)]
    json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, sys.stdout, indent=1)  # JSON is YAML


if __name__ == "__main__":
    main()
