#!/bin/sh
# clang-tidy finds nothing in src/ and tests/.
# needs: tests clang clang-tidy
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
CLANG_TIDY=$("$here/llvm" clang-tidy) || exec "$here/skip" 'clang-tidy 14 is not here, and others know other lints'
command -v clang++ >/dev/null || exec "$here/skip" 'clang++ is not installed'
cmake --preset clang --log-level=WARNING

# A source is looked at again when it or any header or configuration has changed since it was found clean.
export CLANG_TIDY
# shellcheck disable=SC2016  # for the inner shell
find src tests bench -name '*.cpp' 2>/dev/null | sort | xargs -n 1 -P "$(nproc)" sh -c '
    clean=build/tidy/$1
    if [ -e "$clean" ] && [ -z "$(find "$1" .clang-tidy CMakeLists.txt CMakePresets.json src tests bench \
        \( -path "$1" -o -name "*.h" -o -name .clang-tidy -o -name "CMake*" \) -newer "$clean" 2>/dev/null)" ]; then
        exit 0
    fi
    mkdir -p "${clean%/*}"
    rm -f "$clean"
    if findings=$("$CLANG_TIDY" --quiet -p build/clang "$1" 2>&1); then
        touch "$clean"
        echo "$1"
    else
        printf "%s: FAILED\n%s\n" "$1" "$findings"
        exit 1
    fi' sh
