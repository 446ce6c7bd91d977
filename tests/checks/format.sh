#!/bin/sh
# The C++ sources are formatted as .clang-format says; `format.sh --fix ROOT` formats them.
# needs: clang-format
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
mode='--dry-run --Werror'
if [ "$1" = --fix ]; then
    mode=-i
    shift
fi
cd "$1"
clang_format=$("$here/llvm" clang-format) ||
    exec "$here/skip" 'clang-format 14 is not here, and others format differently'
# shellcheck disable=SC2086  # two words
find src tests bench docs -type f \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null |
    xargs -0 "$clang_format" --style=file $mode
