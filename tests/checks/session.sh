#!/bin/sh
# The README's first session has every client echoed, with each netcat that Debian has.
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

# Here the clients stay for as long as the server does.
# shellcheck disable=SC2016  # the README's
sed -n 's/^\$ \(for i in .* nc .* & done\)$/\1/p' README.md |
    sed "s/localhost 9000/localhost $port/; s|sleep 60|tail --pid=$server -f /dev/null|" >"$work/session"
grep -q " nc .*localhost $port" "$work/session" || { echo 'README.md: no session with nc'; exit 1; }
bad=0
for nc in nc.openbsd nc.traditional; do
    mkdir "$work/$nc"
    ln -s "$(command -v "$nc")" "$work/$nc/nc"
    PATH="$work/$nc:$PATH" sh "$work/session" </dev/null >"$work/said" 2>&1
    tenths=0
    until [ "$(grep -cE '^hello from (10|[1-9])$' "$work/said")" -eq 10 ]; do
        sleep 0.1
        tenths=$((tenths + 1))
        [ $tenths -lt 300 ] || { echo "$nc: not ten hellos within 30 s:"; cat "$work/said"; bad=1; break; }
    done
done
exit "$bad"
