#!/bin/sh
# clang-tidy finds nothing in src/, tests/, bench/ and docs/.
# needs: tests clang clang-tidy
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
CLANG_TIDY=$("$here/llvm" clang-tidy) || exec "$here/skip" 'clang-tidy 14 is not here, and others know other lints'
command -v clang++ >/dev/null || exec "$here/skip" 'clang++ is not installed'
cmake --preset clang --log-level=WARNING

# Lints walk through every header, so clang-tidy checks the sources of a folder as one file, which CMake makes of them.
# It checks a file again if anything has changed since the file was clean.
export CLANG_TIDY
# shellcheck disable=SC2016  # for the inner shell
find build/clang -path '*/Unity/*.cxx' | sort | xargs -n 1 -P "$(nproc)" sh -c '
    clean=build/tidy/$1
    if [ -e "$clean" ] && [ -z "$(find .clang-tidy CMakeLists.txt CMakePresets.json cmake src tests bench docs "$1" \
        \( -name "*.cpp" -o -name "*.h" -o -name .clang-tidy -o -name "CMake*" -o -name "*.cmake" -o -name "*.cxx" \) \
        -newer "$clean" 2>/dev/null)" ]; then
        exit 0
    fi
    mkdir -p "${clean%/*}"
    rm -f "$clean"
    rules=.clang-tidy
    case $1 in build/clang/tests/*) rules=tests/.clang-tidy ;; esac
    if findings=$("$CLANG_TIDY" --quiet --config-file="$rules" -p build/clang "$1" 2>&1); then
        touch "$clean"
        echo "$1"
    else
        printf "%s: FAILED\n%s\n" "$1" "$findings"
        exit 1
    fi' sh
