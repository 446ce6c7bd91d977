#!/bin/sh
# No word is misspelt that codespell knows, and no sentence has a word that marks one that is hard to read.
# needs: codespell
#
# `words` beside this file lists what codespell takes for misspelt and is not, one a line, in lower case. `sentences` lists
# the sentences that may have a marker word: FILE|PART OF THE LINE|REASON.
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
command -v codespell >/dev/null || exec "$here/skip" 'codespell is not installed'
status=0
files() { find . \( -name build -o -name .git -o -name corpus -o -name __pycache__ \) -prune -o -type f ! -name '*.png' "$@"; }

files -print0 | xargs -0 codespell --ignore-words tests/checks/words || status=1

# Left out: the licence, and what names the words itself.
marked='whoever|whom|nobody|somebody|for so long|so often|as far as|is wanted|want of|anew|mend|none that|of its own accord'
found=$(files ! -path ./LICENSE ! -path ./tests/checks/sentences ! -path ./tests/checks/spelling.sh -print0 |
    xargs -0 grep -nIiwE "$marked" /dev/null | sed 's|^\./||' | sort) || :
allowed=$(grep -v '^#' tests/checks/sentences) || :
printf '%s\n---\n%s\n' "$allowed" "$found" | awk '
    !listed && $0 == "---" { listed = 1; next }
    $0 == "" { next }
    !listed {
        split($0, part, "|")
        file[++count] = part[1]; text[count] = part[2]; line[count] = part[1] "|" part[2]
        if (part[3] == "") { print "tests/checks/sentences: no reason: " $0; bad = 1 }
        next
    }
    {
        name = substr($0, 1, index($0, ":") - 1); may = 0
        for (i = 1; i <= count; i++) if (file[i] == name && index($0, text[i])) { used[i] = 1; may = 1 }
        if (!may) { print $0; bad = 1 }
    }
    END {
        for (i = 1; i <= count; i++) if (!used[i]) { print "tests/checks/sentences: " line[i] ": matches no sentence"; bad = 1 }
        exit bad
    }' || status=1
exit "$status"
