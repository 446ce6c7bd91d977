#!/bin/sh
# All tests pass under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
exec "$(dirname -- "$0")/sanitized" asan address,undefined "$1"
