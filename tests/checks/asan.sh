#!/bin/sh
# clang compiles everything without a warning, and all tests pass under its Address-, Leak- and UndefinedBehaviorSanitizer.
# needs: tests clang
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
command -v clang++ >/dev/null || exec "$here/skip" 'clang++ is not installed'
exec "$here/sanitized" asan address,undefined clang++ "$@"
