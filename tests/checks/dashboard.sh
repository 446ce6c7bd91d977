#!/bin/sh
# The dashboards show known metrics with units and descriptions, from the data source chosen, in valid PromQL.
# needs: prometheus python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v promtool >/dev/null || exec "$here/skip" 'promtool (Debian package prometheus) is not installed'
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
python3 -B "$here/../observability/check_dashboard.py" .
# As rules, with the variables filled in, promtool judges its expressions.
mkdir -p build
expressions=$(mktemp build/expressions.XXXXXX)
trap 'rm -f "$expressions"' EXIT
python3 -B "$here/../observability/expressions_as_rules.py" . >"$expressions"
promtool check rules "$expressions"
