#!/bin/sh
# Every relative link and anchor in the Markdown files leads somewhere.
# needs: nothing
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
find . \( -name build -o -name .git -o -name node_modules \) -prune -o -type f -name '*.md' -print0 | sort -z |
    xargs -0 awk -f "$here/links.awk" /dev/null
