#!/bin/sh
# Every relative link and anchor in Markdown files leads somewhere, and no file has a placeholder address.
# needs: nothing
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
find . \( -name build -o -name .git -o -name node_modules \) -prune -o -type f -name '*.md' -print0 | sort -z |
    xargs -0 awk -f "$here/links.awk" /dev/null

# One file may have the placeholders for the addresses of the project.
placeholders=cmake/addresses.cmake
[ -e "$placeholders" ] || exit 0
addresses=$(sed -n 's/^set(.* https:\/\/\(.*\))$/\1/p; s/^set(.*<\(.*@.*\)>.*/\1/p' "$placeholders")
[ "$(echo "$addresses" | wc -l)" -eq 2 ] || { echo "$placeholders has other addresses than this check knows"; exit 1; }
if grep -rnIF -e "$addresses" --exclude-dir=build --exclude-dir=.git --exclude-dir=node_modules . | grep -v "^\./$placeholders:"; then
    echo "these addresses do not exist yet: only $placeholders may have them"
    exit 1
fi
