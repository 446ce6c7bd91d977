#!/bin/sh
# collect.sh PROGRAM DIRECTORY: makes DIRECTORY what an image of nothing but this program holds: itself, stripped, the
# shared objects that it needs, where the loader looks for them, and the licences of all.
set -eu
program=$1 image=$2

strip_into() {
    mkdir -p "$(dirname "$image$2")"
    strip --strip-unneeded -o "$image$2" "$1"
    chmod 755 "$image$2"
}

strip_into "$program" "/usr/bin/$(basename "$program")"
ldd "$program" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' | sort -u >objects
grep -q /ld-linux objects  # else the program is static, or ldd says it in another way
while read -r object; do
    strip_into "$object" "$object"
    # Debian knows an object by its file's name: without links, and before /lib became a link to /usr/lib or after.
    file=$(readlink -f "$object")
    package=$(dpkg-query -S "$file" "${file#/usr}" 2>/dev/null | head -n 1 | cut -d : -f 1)
    mkdir -p "$image/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$image/usr/share/doc/$package/"
done <objects
rm objects

mkdir -p "$image/usr/share/doc/threadecho" "$image/etc"
install -m 644 LICENSE "$image/usr/share/doc/threadecho/copyright"  # whatever the umask of the checkout was
install -m 644 docs/runbook.md "$image/usr/share/doc/threadecho/"  # where alerts and dashboards link to
# Names as everywhere: first /etc/hosts, which Docker writes, then DNS.
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
