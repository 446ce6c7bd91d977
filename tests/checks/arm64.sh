#!/bin/sh
# The suites built by a cross compiler for arm64 and run under qemu-user. By name only: it takes most of an hour.
# needs: mmdebstrap qemu-user-static python3
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for command in mmdebstrap qemu-aarch64-static unshare; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
[ "$(id -u)" -eq 0 ] || exec "$here/skip" 'a root for the cross compiler takes root'
work=$PWD/build/arm64
root=$work/root
mkdir -p "$work"

# Libraries of arm64 beside tools of this machine. Kept: it is half of the time.
if [ ! -e "$work/root-is-made" ]; then
    rm -rf --one-file-system "$root"
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    sources=$(find /etc/apt/sources.list /etc/apt/sources.list.d -type f \
        \( -name '*.list' -o -name '*.sources' \) 2>/dev/null || true)
    packages=g++-aarch64-linux-gnu,cmake,ninja-build,nlohmann-json3-dev,libcli11-dev
    for library in libboost-dev libspdlog-dev prometheus-cpp-dev libgtest-dev libgmock-dev libbenchmark-dev; do
        packages=$packages,$library:arm64
    done
    # shellcheck disable=SC2086  # a list of files
    mmdebstrap --quiet --variant=apt --mode=root --architectures="$(dpkg --print-architecture),arm64" --include="$packages" \
        "$codename" "$root" $sources >"$work/root.log" 2>&1 || {
        cat "$work/root.log"
        exec "$here/skip" 'mmdebstrap cannot make a root here'
    }
    touch "$work/root-is-made"
fi
cp "$(command -v qemu-aarch64-static)" "$root/usr/bin/"
exec unshare --mount sh -eu "$here/../arm64/suite.sh" "$PWD" "$root"
