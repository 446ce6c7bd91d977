#!/bin/sh
# The dashboards and their queries are valid against Grafana's schemas, where ../shared/schemas/grafana is beside the tree.
# needs: python3-yaml python3-jsonschema
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
[ -d ../shared/schemas/grafana ] || exec "$here/skip" 'there is no ../shared/schemas/grafana beside this tree'
for module in yaml jsonschema; do
    python3 -c "import $module" 2>/dev/null || exec "$here/skip" "python3-$module is not installed"
done
exec python3 -B "$here/../observability/check_schema.py" . ../shared/schemas/grafana
