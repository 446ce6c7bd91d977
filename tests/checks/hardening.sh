#!/bin/sh
# The executable has the compiler's and the linker's defences: PIE, full RELRO, no executable stack, guarded buffers.
# needs: build binutils
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v readelf >/dev/null || exec "$here/skip" 'readelf (Debian package binutils) is not installed'
"$here/built" threadecho
facts=$(mktemp)
trap 'rm -f "$facts"' EXIT
readelf --wide --file-header --program-headers --dynamic --dyn-syms build/release/threadecho >"$facts"
bad=0
# want WHAT PATTERN: a line of readelf has the pattern.
want() {
    grep -Eq "$2" "$facts" && return 0
    echo "build/release/threadecho: $1"
    bad=1
}
want 'not position-independent (-fPIE, -pie)' '^ *Type: +DYN .*Position-Independent Executable|\(FLAGS_1\).* PIE'
want 'no part that is read-only after relocation (-z relro)' '^ *GNU_RELRO '
want 'symbols are bound late, so RELRO is partial (-z now)' '\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW'
want 'an executable stack (-z noexecstack)' '^ *GNU_STACK( +0x[0-9a-f]+){5} RW '
want 'no guarded stack frame (-fstack-protector-strong)' ' UND __stack_chk_fail@'
want 'no guarded copy (-D_FORTIFY_SOURCE)' ' UND __[a-z]*(cpy|move|printf|read|recv)_chk@'
want 'no bounds of containers are checked (-D_GLIBCXX_ASSERTIONS)' ' UND _ZSt[0-9]*__glibcxx_assert_fail'
exit "$bad"
