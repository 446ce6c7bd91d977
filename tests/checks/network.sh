#!/bin/sh
# The TCP metrics show a network's delay and loss where there is one, and nothing where there is none.
# needs: build python3-yaml iproute2
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python3 -c 'import yaml' 2>/dev/null || exec "$here/skip" 'python3-yaml is not installed'
for command in unshare ip; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
unshare --map-root-user --net sh -c 'ip link set lo up && ip tuntap add dev try mode tun && : </dev/net/tun' 2>/dev/null ||
    exec "$here/skip" 'no network namespace, or no TUN device in it, is allowed here'
"$here/built" threadecho
exec unshare --map-root-user --net python3 -B "$here/../observability/network_truth.py" \
    build/release/threadecho build/network
