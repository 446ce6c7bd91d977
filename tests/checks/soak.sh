#!/bin/sh
# After ten seconds of clients of every kind a server of each model holds what it held at its start, as ./dev soak asks.
# needs: build python3-yaml
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
"$here/built" threadecho
python3 -B "$here/../soak/judge_test.py" build/release/threadecho build/soak-judge
exec python3 -B "$here/../soak/soak.py" build/release/threadecho build/soak-check 10s
