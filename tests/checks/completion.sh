#!/bin/sh
# bash, zsh and fish complete commands, flags, values and names of files, each with its own script.
# needs: build zsh fish python3
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for command in bash zsh fish; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
"$here/built" threadecho
exec python3 -B tests/completion/shells.py "$PWD/build/release"
