#!/bin/sh
# The real program loses nothing under each of many faults, and recovers fully after each.
# needs: build python3 iproute2 strace
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v python3 >/dev/null || exec "$here/skip" 'python3 is not installed'
"$here/built" threadecho
status=0
python3 -B -u "$here/../faults/run.py" --binary build/release/threadecho --directory build/faults || status=$?
[ "$status" -ne 77 ] || exec "$here/skip" 'not one case can be tried here'
exit "$status"
