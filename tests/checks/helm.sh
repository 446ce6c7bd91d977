#!/bin/sh
# The Helm chart renders what the Kubernetes manifests are, keeps to the same policy, and refuses bad values.
# needs: python3-yaml python3-jsonschema
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import jsonschema, yaml' 2>/dev/null ||
    exec "$here/skip" 'python3-yaml or python3-jsonschema is not installed'
mkdir -p build
status=0
python3 -B "$here/../kubernetes/check_chart.py" . ../shared/schemas >build/helm.log || status=$?
cat build/helm.log
[ "$status" -ne 77 ] || exec "$here/skip" "$(tail -n 1 build/helm.log)"
exit "$status"
