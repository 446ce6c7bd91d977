#!/bin/sh
# The comparison with other servers runs and judges correctly, and its stored page shows the stored samples.
# needs: tests python3-matplotlib
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
python=/usr/bin/python3
"$python" -c 'import matplotlib' 2>/dev/null || exec "$here/skip" 'python3-matplotlib is not installed'
"$here/built" threadecho bench/all
"$python" -B bench/compare/test_compare.py
# Checks that there are numbers of every kind, but not their values, which depend on what else the cores do.
"$python" -B bench/compare/compare.py --rounds 1 --seconds 0.1 --output build/bench/check \
    --servers per-connection pool-1 c-threads epoll-1 asio-1 lesson-quiet --workloads ping-pong-8 bulk-1 churn-64
