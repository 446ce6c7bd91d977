#!/bin/sh
# All shell scripts, by suffix or by first line, are clean to shellcheck.
# needs: shellcheck
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v shellcheck >/dev/null || exec "$here/skip" 'shellcheck is not installed'
find . \( -name build -o -name .git -o -name node_modules \) -prune -o -type f -size -256k -exec awk '
    FNR == 1 && (FILENAME ~ /\.sh$/ || /^#!.*[\/ ](ba|da)?sh( |$)/) { print FILENAME }
    { nextfile }' {} + |
    sort | tr '\n' '\0' | xargs -0 shellcheck --external-sources
