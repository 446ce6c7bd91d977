#!/bin/sh
# Under real traffic a real Prometheus has true data for all that dashboard and rules ask, and an alert fires and resolves.
# needs: build prometheus python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v prometheus >/dev/null || exec "$here/skip" 'prometheus is not installed'
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
"$here/built" threadecho
python3 -B "$here/../observability/end_to_end.py" . build/release/threadecho build/observe
exec python3 -B "$here/../observability/two_clusters.py" . build/release/threadecho build/two-clusters
