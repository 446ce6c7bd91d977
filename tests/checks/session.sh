#!/bin/sh
# The command with nc in README.md prints its echo, with each netcat that Debian has.
# needs: build netcat-openbsd netcat-traditional
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for nc in nc.openbsd nc.traditional; do
    command -v "$nc" >/dev/null || exec "$here/skip" "$nc is not installed"
done
"$here/built" threadecho
work=$(mktemp -d)
PORT=0 HTTP_PORT=0 DRAIN_TIMEOUT=0s build/release/threadecho >"$work/log" &
server=$!
trap 'kill "$server"; wait || :; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
port=
while [ -z "$port" ]; do
    kill -0 "$server"  # it has not ended before it served
    sleep 0.1
    port=$(sed -n 's/.* serving echo=[^ ]*:\([0-9]*\) .*/\1/p' "$work/log")
done

sed -n 's/^\$ \(echo .*| nc .*\)$/\1/p' README.md | sed "s/localhost 9000/localhost $port/" >"$work/session"
grep -q " nc .*localhost $port" "$work/session" || { echo 'README.md: no command with nc'; exit 1; }
bad=0
for nc in nc.openbsd nc.traditional; do
    mkdir "$work/$nc"
    ln -s "$(command -v "$nc")" "$work/$nc/nc"
    said=$(PATH="$work/$nc:$PATH" timeout 30 sh "$work/session" </dev/null 2>&1) || :
    [ "$said" = hello ] || { echo "$nc: not hello but: $said"; bad=1; }
done
exit "$bad"
