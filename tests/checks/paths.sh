#!/bin/sh
# In network namespaces, `threadecho watch` says of each broken path why it broke, in time, and so does the server.
# needs: build python3 iproute2
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v python3 >/dev/null || exec "$here/skip" 'python3 is not installed'
for command in unshare nsenter ip mount; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
unshare --map-root-user --net --mount sh -c 'ip link set lo up && ip tuntap add dev try mode tun && : </dev/net/tun' \
    2>/dev/null || exec "$here/skip" 'no network namespace, or no TUN device in it, is allowed here'
"$here/built" threadecho
status=0
python3 -B -u "$here/../faults/run.py" --suite paths --jobs 6 --binary build/release/threadecho --directory build/paths ||
    status=$?
[ "$status" -ne 77 ] || exec "$here/skip" 'not one case can be tried here'
exit "$status"
