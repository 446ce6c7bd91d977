#!/bin/sh
# Faults on demand fire their alerts in a real Prometheus, of servers and watchers, and Alertmanager notifies; else they are silent.
# needs: build prometheus prometheus-alertmanager python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v prometheus >/dev/null || exec "$here/skip" 'prometheus is not installed'
command -v prometheus-alertmanager >/dev/null || exec "$here/skip" 'prometheus-alertmanager is not installed'
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
"$here/built" threadecho
mkdir -p build
python3 -B "$here/../observability/fault_alerts.py" . build/release/threadecho build/alerts >build/alerts.log 2>&1 &
faults=$!
status=0
python3 -B "$here/../observability/mesh_alerts.py" . build/release/threadecho build/alerts-mesh || status=1
wait "$faults" || status=1
cat build/alerts.log
exit "$status"
