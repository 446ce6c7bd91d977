#!/bin/sh
# All tests pass under ThreadSanitizer.
exec "$(dirname -- "$0")/sanitized" tsan thread c++ "$1"
