#!/bin/sh
# run.sh SOURCE ROOT: the suites under qemu-user, in a namespace of users that has a binfmt_misc of its own, and one of
# processes, so that nothing goes on when it ends.
set -eu
source=$1
root=$2
for each in '' "$root"; do mount -t proc proc "$each/proc"; done
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
# The flag O: qemu gets the program as a descriptor, since fexecve(3) has no path to it.
magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":qemu-aarch64:M::$magic:$mask:$root/usr/bin/qemu-aarch64-static:OCF" >/proc/sys/fs/binfmt_misc/register
exec timeout 3600 python3 -B "$source/tests/arm64/run.py" "$source/tests/arm64/deviations" "$source/build/arm64" \
    chroot "$root" env -C /source/build/arm64/build/tests unit,integration,e2e
