#!/bin/sh
# Our parser of .env files and python-dotenv read thousands of files alike, except for the documented differences.
# needs: tests python3-dotenv
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python=/usr/bin/python3  # the one that has Debian's packages, where there are several
[ -x "$python" ] || python=python3
"$python" -c 'import dotenv' 2>/dev/null || exec "$here/skip" 'python3-dotenv is not installed'
"$here/built" dotenv_dump
exec "$python" -B "$here/../dotenv/compare.py" build/release/tests/dotenv_dump
