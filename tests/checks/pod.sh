#!/bin/sh
# The program starts with the settings of the Kubernetes manifests, and answers their probes and their smoke test.
# needs: build python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
"$here/built" threadecho
exec python3 -B "$here/../kubernetes/try_settings.py" . build/release/threadecho build/pod
