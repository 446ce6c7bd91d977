#!/bin/sh
# A fuzzer does not find, in 12 seconds at most, an input for which a target's demands do not hold; with the build of asan.
# needs: tests clang
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
command -v clang++ >/dev/null || exec "$here/skip" 'clang++ is not installed'
exec "$here/sanitized" asan address,undefined clang++ "$1" "$(cd "$here/../fuzz" && pwd)/run" --check "${FUZZ_SECONDS:-12}"
