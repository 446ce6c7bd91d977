#!/bin/sh
# The Kubernetes manifests render, are valid, keep to our policy, and their settings and probe work with the program.
# needs: python3-yaml python3-jsonschema
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import jsonschema, yaml' 2>/dev/null ||
    exec "$here/skip" 'python3-yaml or python3-jsonschema is not installed'
mkdir -p build
status=0
python3 -B "$here/../kubernetes/check_manifests.py" . ../shared/schemas >build/kubernetes.log || status=$?
reason=$(tail -n 1 build/kubernetes.log)
# Try the Jobs even if something else could not be checked.
if { [ "$status" -eq 0 ] || [ "$status" -eq 77 ]; } && command -v kubectl >/dev/null; then
    waiting=0
    python3 -B "$here/../kubernetes/wait_for_jobs.py" . >>build/kubernetes.log || waiting=$?
    case $status:$waiting in
        *:0) ;;
        77:77) reason="$reason; $(tail -n 1 build/kubernetes.log)" ;;
        0:77) status=77 reason=$(tail -n 1 build/kubernetes.log) ;;
        *) status=$waiting ;;
    esac
fi
cat build/kubernetes.log
[ "$status" -ne 77 ] || exec "$here/skip" "$reason"
exit "$status"
