#!/bin/sh
# Every test that a document names as the keeper of a promise is there.
# needs: nothing
set -eu
cd "$1"
tests=$(find tests -name '*_test.cpp' -exec sed -n -E 's/^TEST(_F|_P)?\(([A-Za-z0-9]+), ([A-Za-z0-9]+)\).*/\2.\3/p' {} +)
# shellcheck disable=SC2016  # names stand between them
named=$(grep -ohE '`[A-Z][A-Za-z0-9]*\.([A-Z][A-Za-z0-9]*|\*)`' SECURITY.md docs/reliability.md | tr -d '`' | sort -u)
[ -n "$named" ] || { echo 'SECURITY.md and docs/reliability.md name no test'; exit 1; }
status=0
for name in $named; do
    pattern=$(printf '%s' "$name" | sed 's/\./\\./; s/\*/.*/')
    if ! printf '%s\n' "$tests" | grep -qx "$pattern"; then
        echo "no test is called $name, which $(grep -l -F "$name" SECURITY.md docs/reliability.md | tr '\n' ' ')names"
        status=1
    fi
done
exit "$status"
