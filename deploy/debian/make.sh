#!/bin/sh
# make.sh [CPACK_ARGUMENT...]: the package for this system from build/release, the tarball of the commit's sources, and
# their checksums, all in build/package. Files are as old as the commit, so that a second run makes the same bytes.
set -eu
cd "$(dirname -- "$0")/../.."
out=build/package
rm -rf "$out"
mkdir -p "$out"
if commit_time=$(git log -1 --format=%ct 2>/dev/null); then
    export SOURCE_DATE_EPOCH="$commit_time"
    version=$(sed -n 's/^project(threadecho VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    git archive --prefix="threadecho-$version/" HEAD | gzip -9n >"$out/threadecho-$version.tar.gz"
fi
umask 022
cpack -G DEB --config build/release/CPackConfig.cmake -B "$out" "$@"
cd "$out"
rm -rf _CPack_Packages
sha256sum -- * >SHA256SUMS
