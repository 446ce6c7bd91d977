#!/bin/sh
# The configuration, rules and alerts of Prometheus are valid, known, tested, and each alert has its runbook entry.
# needs: prometheus python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v promtool >/dev/null || exec "$here/skip" 'promtool (Debian package prometheus) is not installed'
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
promtool check config deploy/prometheus/prometheus.yml
python3 -B "$here/../observability/check_rules.py" .
promtool test rules tests/prometheus/*.test.yml
# prometheus-adapter's query, with its placeholders filled in, says how full each pod is.
mkdir -p build
query=$(mktemp build/adapter.XXXXXX)
trap 'rm -f "$query"' EXIT
python3 -B "$here/../observability/adapter_as_test.py" . >"$query"
promtool test rules "$query"
