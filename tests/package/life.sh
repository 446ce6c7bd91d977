#!/bin/sh
# life.sh ROOT: the life of a package in a root that has its dependencies, from installation to purge. Run by the check
# called package, in namespaces without a network.
root=$1
ip link set lo up
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
conf=$root/etc/threadecho/threadecho.env

in_root() { chroot "$root" "$@"; }
apt() { in_root apt-get -q -y -o Dpkg::Options::=--force-confdef "$@" >"$root/log" 2>&1 || fail "apt-get $*" "$root/log"; }
fail() {
    echo "package: $1"
    [ $# -lt 2 ] || cat "$2"
    exit 1
}
must() { "$@" || fail "not true: $*"; }
# shellcheck disable=SC2016  # for dpkg-query
version() { in_root dpkg-query -W -f '${Version} ${db:Status-Status}' threadecho 2>/dev/null; }

mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
apt install /this.deb
echo "installed: $(version)"
for file in usr/bin/threadecho usr/share/man/man1/threadecho.1.gz usr/share/man/man1/threadecho-probe.1.gz \
    usr/share/bash-completion/completions/threadecho usr/share/zsh/vendor-completions/_threadecho \
    usr/share/fish/vendor_completions.d/threadecho.fish usr/lib/systemd/system/threadecho.service \
    usr/lib/systemd/system/threadecho.socket usr/share/threadecho/prometheus/alerts.rules.yml \
    usr/share/threadecho/grafana/dashboards/threadecho.json usr/share/threadecho/grafana/dashboards/threadecho-mesh.json \
    usr/share/doc/threadecho/copyright usr/share/doc/threadecho/runbook.md \
    usr/share/doc/threadecho/changelog.gz etc/threadecho/threadecho.env; do
    must test -s "$root/$file"
done
must grep -q '^ExecStart=/usr/bin/threadecho' "$root/usr/lib/systemd/system/threadecho.service"
must grep -q 'runbook_url: .file:///usr/share/doc/threadecho/runbook.md#threadechodown' \
    "$root/usr/share/threadecho/prometheus/alerts.rules.yml"
must test -z "$(grep -rlE 'https?://[^ "]*runbook' "$root/usr/share/threadecho")"  # runbooks are those that are installed
must test -z "$(find "$root/etc/systemd/system" -name 'threadecho*' 2>/dev/null)"  # nothing is enabled

# The installed program echoes and has metrics, with the settings as they are installed.
chroot "$root" env ENV_FILE=/etc/threadecho/threadecho.env threadecho >"$root/server.log" 2>&1 &
server=$!
in_root threadecho probe 127.0.0.1:9000 --wait 10s --count 3 --interval 10ms --quiet >"$root/log" || fail probe "$root/server.log"
python3 -c '
import urllib.request
text = urllib.request.urlopen("http://127.0.0.1:8080/metrics", timeout=10).read().decode()
print([line for line in text.splitlines() if line.startswith("threadecho_echoed_bytes_total")][0])'
kill "$server"
wait "$server" || fail 'the server did not drain' "$root/server.log"

echo 'IDLE_TIMEOUT=5m' >>"$conf"
wanted=etc/systemd/system/sockets.target.wants  # as systemctl enable does it
mkdir -p "$root/$wanted"
ln -s /usr/lib/systemd/system/threadecho.socket "$root/$wanted/threadecho.socket"
apt install /next.deb
echo "upgraded: $(version)"
must grep -qx IDLE_TIMEOUT=5m "$conf"
must test -L "$root/$wanted/threadecho.socket"
must test -z "$(in_root dpkg --audit)"

apt remove threadecho
echo "removed: $(version)"
must grep -qx IDLE_TIMEOUT=5m "$conf"
must test ! -e "$root/usr/bin/threadecho"
apt purge threadecho
echo "purged: $(version)"
left=$(find "$root/etc" "$root/usr" "$root/var/lib/systemd" -name '*threadecho*' 2>/dev/null)
[ -z "$left" ] || fail "purge left $left"
