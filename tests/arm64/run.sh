#!/bin/sh
# run.sh SOURCE ROOT: the suites under qemu-user, in a namespace of users that has a binfmt_misc of its own.
source=$1
root=$2
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":qemu-aarch64:M::$magic:$mask:$root/usr/bin/qemu-aarch64-static:F" >/proc/sys/fs/binfmt_misc/register
known=$(sed -n 's/^\([A-Za-z0-9_/]*\.[A-Za-z0-9_/*]*\)  *# .*/\1/p' "$source/tests/arm64/deviations" | paste -sd: -)
failed=0
for suite in unit integration e2e; do
    start=$(date +%s)
    log=$source/build/arm64/$suite.log
    filter=$(printf '%s' "$known" | tr : '\n' | sed -n "s|^$suite/||p" | paste -sd: -)
    chroot "$root" env -C /source/build/arm64/build/tests timeout 1500 "./${suite}_tests" --gtest_filter="*${filter:+:-$filter}" \
        >"$log" 2>&1 </dev/null || failed=1
    passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
    skipped=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log")
    wrong=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log")
    echo "$suite: ${passed:-0} passed, ${wrong:-0} failed, ${skipped:-0} skipped, in $(($(date +%s) - start)) s"
    sed -n 's/^\[  FAILED  \] \([A-Z].*\)/  failed: \1/p' "$log" | sort -u
    [ -n "$passed" ] || tail -n 20 "$log"
done
exit "$failed"
