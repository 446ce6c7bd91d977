#!/bin/sh
# All tests pass under ThreadSanitizer.
# needs: tests
exec "$(dirname -- "$0")/sanitized" tsan thread c++ "$@"
