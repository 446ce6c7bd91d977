#!/bin/sh
# Under a real systemd the service reports its state, a stopped one is replaced, and 100 restarts affect no client.
# needs: build python3 mmdebstrap systemd-container
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
[ "$(id -u)" -eq 0 ] || exec "$here/skip" 'systemd-nspawn needs root'
for command in mmdebstrap systemd-nspawn nsenter unshare; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
"$here/built" threadecho
mkdir -p build/systemd
status=0
python3 -B "$here/../systemd/run.py" . build/release/threadecho build/release/threadecho.env build/systemd/root \
    build/systemd/nspawn.log >build/systemd.log 2>&1 || status=$?
cat build/systemd.log
[ "$status" -ne 77 ] || exec "$here/skip" "$(tail -n 1 build/systemd.log)"
exit "$status"
