#!/bin/sh
# A checkout has the same bytes where git writes CRLF (core.autocrlf=true), and each file with a #! line may be run.
# needs: git
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v git >/dev/null || exec "$here/skip" 'git is not installed'
[ "$(git rev-parse --show-cdup 2>/dev/null || echo no)" = '' ] || exec "$here/skip" 'this tree is not a git checkout'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -c core.autocrlf=false checkout-index --all --prefix="$work/lf/"
git -c core.autocrlf=true checkout-index --all --prefix="$work/crlf/"
cd "$work"
bad=0

# Other bytes: a script that no shell runs, or an input of a test that has changed.
diff -rq lf crlf || bad=1
find crlf -type f -size -256k -exec awk '
    FNR == 1 && /^#!.*[\/ ](ba|da)?sh[ \r]*$/ { print FILENAME, /bash/ ? "bash" : "sh" }
    { nextfile }' {} + >scripts
while read -r script shell; do
    "$shell" -n "$script" || bad=1
done <scripts

find lf -type f -size -256k -exec awk 'FNR == 1 && /^#!/ { print FILENAME } { nextfile }' {} + | sort >with_line
find lf -type f -perm -u+x | sort >with_bit
comm -23 with_line with_bit | sed 's|^lf/||; s|$|: has a #! line, and no run bit (git update-index --chmod=+x)|' >modes
comm -13 with_line with_bit | sed 's|^lf/||; s|$|: has a run bit, and no #! line|' >>modes
cat modes
[ ! -s modes ] || bad=1

# git would change such a file when it is added again, and show a change that the user did not make.
cd "$OLDPWD"
git ls-files --eol | awk -F '\t' '
    $1 ~ /^i\/(crlf|mixed)/ && $1 !~ /attr\/-text/ { print $2 ": has CRLF, and .gitattributes does not say -text"; bad = 1 }
    END { exit bad }' || bad=1
exit "$bad"
