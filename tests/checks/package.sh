#!/bin/sh
# The Debian package is clean for lintian, and in a bare root it installs, runs, upgrades, and leaves nothing when purged.
# needs: build dpkg-dev lintian mmdebstrap git iproute2 python3
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for command in lintian mmdebstrap dpkg-shlibdeps unshare ip; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
[ "$(id -u)" -eq 0 ] || exec "$here/skip" 'a bare root takes root'
"$here/built" documents
make() { deploy/debian/make.sh "$@" >build/package.log 2>&1 || { cat build/package.log; exit 1; }; }
make -D CPACK_PACKAGE_VERSION=99.0
next=$PWD/build/next.deb
mv build/package/*.deb "$next"
make
package=$(echo build/package/*.deb)
lintian --allow-root --fail-on error,warning --profile debian "$package"
sum=$(sha256sum <"$package")
make
[ "$sum" = "$(sha256sum <"$package")" ] || {
    echo 'two runs made different packages'
    exit 1
}

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' INT TERM
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
depends=$(dpkg-deb -f "$package" Depends | sed 's/ *([^)]*)//g; s/, */,/g')
sources=$(find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) 2>/dev/null || true)
# shellcheck disable=SC2086  # a list of files
if ! mmdebstrap --quiet --variant=apt --mode=root --include="$depends" "$codename" "$root" $sources >build/root.log 2>&1; then
    cat build/root.log
    exec "$here/skip" 'mmdebstrap cannot make a root here'
fi
cp "$package" "$root/this.deb"
cp "$next" "$root/next.deb"
status=0
unshare --net --mount sh -eu "$here/../package/life.sh" "$root" || status=$?
exit "$status"
