#!/bin/sh
# The commands of docs/lesson.md print what the page shows, except for the numbers, and leave nothing running.
# needs: build python3
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
"$here/built" threadecho
exec python3 -B "$here/../e2e/lesson.py" . build/release/threadecho
