#!/bin/sh
# On a real Docker Engine, the image and the compose stack are what their documents say, and do it.
# needs: python3-yaml binutils engine
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
python3 -B "$here/../e2e/docker/files.py" .
python3 -B "$here/../e2e/docker/readable.py" .
python3 -B "$here/../e2e/docker/notified.py" .
mkdir -p build
status=0
python3 -B -u "$here/../e2e/docker/end_to_end.py" . >build/docker.log 2>&1 || status=$?
cat build/docker.log
[ "$status" -ne 77 ] || exec "$here/skip" "$(tail -n 1 build/docker.log)"
exit "$status"
