#!/bin/sh
# Each command has a man page, generated from its table, that mandoc and groff take without a warning.
# needs: build mandoc groff gzip
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
for command in mandoc groff; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
"$here/built" documents
pages=build/release/documents/man1
commands=$(build/release/threadecho completion candidates '' | cut -f 1)
[ -n "$commands" ]
for page in '' $commands; do
    test -s "$pages/threadecho${page:+-$page}.1" || {
        echo "no page for threadecho $page"
        exit 1
    }
done
# Long lines are paragraphs: they are no fault of a page that is not edited by hand.
for page in "$pages"/*.1; do mandoc -T lint -W warning "$page"; done
warnings=$(for page in "$pages"/*.1; do groff -ww -man -T utf8 "$page" 2>&1 >/dev/null; done)
printf '%s' "$warnings"
[ -z "$warnings" ]
