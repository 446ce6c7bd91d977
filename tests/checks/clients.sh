#!/bin/sh
# probe and load follow a name that moves, race past an address that does not answer, and tell what this host lacks.
# needs: build python3 iproute2
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for command in python3 unshare ip; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
unshare --map-root-user --net --mount sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts &&
    ip tuntap add dev try mode tun && : </dev/net/tun' 2>/dev/null ||
    exec "$here/skip" 'no network and mount namespace, or no TUN device in it, is allowed here'
"$here/built" threadecho
exec unshare --map-root-user --net --mount python3 -B "$here/../clients/moving_target.py" build/release/threadecho
