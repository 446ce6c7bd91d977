#!/bin/sh
# ./dev installs what is missing and nothing else, tried with an apt and a dpkg that only say what is asked of them.
set -u
here=$(cd "$(dirname -- "$0")" && pwd)
root=$(cd "$1" && pwd)
# shellcheck source-path=SCRIPTDIR source=expect
. "$here/expect"

tree dev
mkdir bin bare
cp "$root/dev" .
for tool in sh env cat dirname; do ln -s "$(command -v "$tool")" "bare/$tool"; done
printf '#!/bin/sh\necho "apt-get $*" >>"%s/asked"\n. "%s/apt"\n' "$PWD" "$PWD" >bin/apt-get
# shellcheck disable=SC2016
printf '#!/bin/sh\ncase "$4" in $MISSING) echo "not-installed " ;; *) echo "installed " ;; esac\n' >bin/dpkg-query
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$FAKE_UID"\n' >bin/id
printf '#!/bin/sh\necho "cmake $*"\n' >bin/cmake
cp bin/cmake bin/ctest
printf '#!/bin/sh\necho 14.0.6\n' >bin/clang++
chmod +x bin/*
path="$PWD/bin:$PWD/bare"

: >asked
: >apt
expect 0 'cmake --build --preset release' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev build
expect 1 '' test -s asked  # all there: nobody is asked, and no root is needed
expect 0 'WARNING_AS_ERROR=ON' env PATH="$path" CI=true MISSING=none FAKE_UID=1000 ./dev build
expect 0 'dev: installing cmake' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build
expect 1 '' grep update asked  # the lists at hand sufficed
expect 0 'dev: installing g++ cmake ninja-build' env PATH="$path" MISSING='*' FAKE_UID=0 ./dev build
expect 1 'as root: apt-get install --no-install-recommends cmake' \
    env PATH="$path" MISSING=cmake FAKE_UID=1000 ./dev build

# Only CI is given a Docker Engine, and only where there is none.
mkdir -p tests/checks
printf '#!/bin/sh\necho "checks $*"\n' >tests/checks/run
chmod +x tests/checks/run
expect 0 'dev: installing docker.io' env PATH="$path" CI=true MISSING=docker.io FAKE_UID=0 ./dev check docker
: >asked
expect 0 'checks docker' env PATH="$path" CI= MISSING=docker.io FAKE_UID=0 ./dev check docker
cp bin/cmake bin/dockerd
expect 0 'checks docker' env PATH="$path" CI=true MISSING=docker.io FAKE_UID=0 ./dev check docker
expect 1 '' test -s asked

# A target and a time may each be left out; clang's runtime is a package with clang's version.
printf '#!/bin/sh\necho "sanitized $*"\n' >tests/checks/sanitized
chmod +x tests/checks/sanitized
expect 0 'tests/fuzz/run 300 ' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz
expect 0 'tests/fuzz/run 5 ' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz 5
expect 0 'tests/fuzz/run 300 http' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz http
expect 0 'tests/fuzz/run 5 http' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz http 5
expect 0 'dev: installing libclang-rt-14-dev' env PATH="$path" MISSING=libclang-rt-14-dev FAKE_UID=0 ./dev fuzz
expect 0 'dev: installing libclang-rt-14-dev' env PATH="$path" CI= MISSING=libclang-rt-14-dev FAKE_UID=0 ./dev check

printf '#!/bin/sh\necho "python3 $*"\n' >bin/python3
chmod +x bin/python3
expect 0 'threadecho build/soak 10m' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev soak
expect 0 'threadecho build/soak 90s' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev soak 90s
expect 0 'dev: installing python3-yaml' env PATH="$path" MISSING=python3-yaml FAKE_UID=0 ./dev soak

# Without lists there is an update; that one source of them fails does not matter if the packages can be had.
# shellcheck disable=SC2016
printf 'case " $* " in *" update "*) touch "%s/updated"; exit 100 ;; esac\n[ -e "%s/updated" ]\n' "$PWD" "$PWD" >apt
ln -s "$(command -v touch)" bare/touch
expect 0 'cmake --build --preset release' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build
expect 0 'update' cat asked
echo 'exit 100' >apt
expect 1 'could not install cmake' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build

rm bin/apt-get
expect 1 'no c++, and no apt-get' env PATH="$path" ./dev build
cp bin/cmake bin/c++
cp bin/cmake bin/ninja
expect 0 'cmake --build --preset release' env PATH="$path" ./dev build
expect 2 'Usage' ./dev unheard-of
expect 0 'Usage' ./dev
verdict
