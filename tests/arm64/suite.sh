#!/bin/sh
# suite.sh SOURCE ROOT: builds the tests for arm64 in ROOT and runs them under qemu-user. Run by the check called arm64, in
# a namespace of mounts.
source=$1
root=$2
for folder in proc dev; do mount --rbind "/$folder" "$root/$folder"; done
mkdir -p "$root/source"
mount --bind "$source" "$root/source"
chroot "$root" sh -eu -c '
    cd /source
    cmake -G Ninja -S . -B build/arm64/build --log-level=WARNING -DCMAKE_TOOLCHAIN_FILE=/source/tests/arm64/toolchain.cmake \
        -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DTHREADECHO_HARDENED=OFF -DCMAKE_UNITY_BUILD=ON
    cmake --build build/arm64/build --target threadecho unit_tests integration_tests e2e_tests >build/arm64/build.log || {
        tail -n 30 build/arm64/build.log
        exit 1
    }'
# Tests start the program by its path, which takes binfmt_misc. A user namespace has one of its own (Linux 6.7), so that
# the machine keeps its settings.
exec unshare --user --map-root-user --mount --pid --fork --kill-child sh -eu "$source/tests/arm64/run.sh" "$source" "$root"
