#!/bin/sh
# The status page in Chromium against the real server, and its JavaScript in Node: numbers, drain, restart, no error.
# needs: build chromium chromium-driver python3-selenium nodejs
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python=/usr/bin/python3
command -v node >/dev/null || exec "$here/skip" 'node is not installed'
node --test tests/page/*.test.mjs
for command in chromium chromedriver; do
    command -v "$command" >/dev/null || exec "$here/skip" "$command is not installed"
done
"$python" -c 'import selenium' 2>/dev/null || exec "$here/skip" 'python3-selenium is not installed'
"$here/built" threadecho
mkdir -p build/page
exec "$python" -B tests/page/page_test.py "$PWD/build/release/threadecho" "$PWD/build/page"
