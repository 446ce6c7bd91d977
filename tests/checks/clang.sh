#!/bin/sh
# clang compiles everything without a warning.
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v clang++ >/dev/null || exec "$here/skip" 'clang++ is not installed'
cmake --preset clang --log-level=WARNING
cmake --build --preset clang -- -k 0
