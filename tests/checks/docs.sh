#!/bin/sh
# The commands of README.md and of the pages in docs/ that can run print what the page shows, except for the numbers.
# needs: build python3 netcat-openbsd
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
"$here/built" threadecho
exec python3 -B "$here/../e2e/lesson.py" . build/release/threadecho README.md docs/cli.md docs/faults.md
