#!/bin/sh
# ./dev installs what is missing and nothing else, tried with an apt and a dpkg that only print their arguments.
# needs: nothing
set -u
here=$(cd "$(dirname -- "$0")" && pwd)
root=$(cd "$1" && pwd)
# shellcheck source-path=SCRIPTDIR source=expect
. "$here/expect"

tree dev
mkdir bin bare
mkdir -p tests/checks bench/compare
cp "$root/dev" .
cp "$root/tests/checks/built" tests/checks/
cp "$root/bench/compare/help.txt" bench/compare/
for tool in sh env cat dirname; do ln -s "$(command -v "$tool")" "bare/$tool"; done
printf '#!/bin/sh\necho "apt-get $*" >>"%s/asked"\n. "%s/apt"\n' "$PWD" "$PWD" >bin/apt-get
# shellcheck disable=SC2016
printf '#!/bin/sh\ncase "$4" in $MISSING) echo "not-installed " ;; *) echo "installed " ;; esac\n' >bin/dpkg-query
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$FAKE_UID"\n' >bin/id
printf '#!/bin/sh\necho "cmake $*"\n' >bin/cmake
cp bin/cmake bin/ctest
printf '#!/bin/sh\necho 14.0.6\n' >bin/clang++
printf '#!/bin/sh\necho "sanitized $*"\n' >tests/checks/sanitized
chmod +x tests/checks/sanitized
printf '#!/bin/sh\necho "python3 $*"\n' >bin/python3
chmod +x bin/*
path="$PWD/bin:$PWD/bare"

: >asked
: >apt
expect 0 'cmake --build --preset release' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev build
expect 1 '' test -s asked  # all there: nothing is asked, and no root is needed
expect 0 'WARNING_AS_ERROR=ON' env PATH="$path" CI=true MISSING=none FAKE_UID=1000 ./dev build
expect 0 'dev: installing cmake' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build
expect 1 '' grep update asked  # the lists at hand sufficed
expect 0 'dev: installing g++ cmake ninja-build' env PATH="$path" MISSING='*' FAKE_UID=0 ./dev build
expect 1 'as root: apt-get install --no-install-recommends cmake' \
    env PATH="$path" MISSING=cmake FAKE_UID=1000 ./dev build

# Help installs and builds nothing.
: >asked
for words in 'help' '--help' '-h' 'build --help' 'test --help' 'check --help' 'fuzz -h' 'soak --help' 'format --help' \
    'clean --help'; do
    # shellcheck disable=SC2086
    expect 0 'Usage: ./dev COMMAND' env PATH="$path" MISSING='*' FAKE_UID=1000 ./dev $words
done
expect 0 'Usage: ./dev bench' env PATH="$path" MISSING='*' FAKE_UID=1000 ./dev bench --help
expect 1 '' test -s asked

# Without tests the program needs no library of theirs. A build that has the tests keeps them.
mkdir -p build/release
cp bin/cmake build/release/threadecho
for command in build run soak; do
    expect 0 '' env PATH="$path" MISSING='lib*' FAKE_UID=0 ./dev $command
    expect 0 'libboost-dev' cat asked
    expect 1 '' grep -E 'libgtest|libgmock|libbenchmark' asked
done
for command in test fuzz; do
    expect 0 'libgtest-dev libgmock-dev libbenchmark-dev' env PATH="$path" MISSING='lib*' FAKE_UID=0 ./dev $command
done
for words in bench 'bench micro'; do  # which then find nothing to run
    # shellcheck disable=SC2086
    expect fail 'libgtest-dev libgmock-dev libbenchmark-dev' env PATH="$path" MISSING='lib*' FAKE_UID=0 ./dev $words
done
expect 0 'THREADECHO_TESTS=OFF' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev build
expect 0 'THREADECHO_TESTS=ON' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev test
: >build/release/build.ninja
expect 0 'cmake --build' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev build
cp "$work/log" log
expect 1 '' grep THREADECHO_TESTS log

# A check needs the packages that it names. Only CI gets a Docker Engine, if it has none.
cat >tests/checks/run <<'END'
#!/bin/sh
case $1:${2:-} in
    --needs:links) ;;
    --needs:docker) echo python3-yaml engine ;;
    --needs:tidy | --needs:) echo tests clang clang-tidy ;;
    --needs:*) exit 2 ;;
    *) echo "checks $*" ;;
esac
END
chmod +x tests/checks/run
: >asked
expect 0 'checks links' env PATH="$path" CI=true MISSING='*' FAKE_UID=1000 ./dev check links
expect 0 'checks --list' env PATH="$path" CI=true MISSING='*' FAKE_UID=1000 ./dev check --list
expect 2 '' env PATH="$path" CI=true MISSING='*' FAKE_UID=1000 ./dev check unheard-of
expect 0 'checks docker' env PATH="$path" CI= MISSING=docker.io FAKE_UID=0 ./dev check docker
cp bin/cmake bin/dockerd
expect 0 'checks docker' env PATH="$path" CI=true MISSING=docker.io FAKE_UID=0 ./dev check docker
expect 1 '' test -s asked
rm bin/dockerd
expect 0 'dev: installing docker.io' env PATH="$path" CI=true MISSING=docker.io FAKE_UID=0 ./dev check docker
expect 0 'dev: installing clang-tidy' env PATH="$path" CI= MISSING=clang-tidy FAKE_UID=0 ./dev check tidy
for check in "$here"/*.sh; do
    expect 0 '' grep -qE '^# needs: [a-z]' "$check"
done
expect 0 '' test -z "$("$here/run" --needs links layers)"
expect 0 'strace' "$here/run" --needs faults
expect 2 'no check is called unheard-of' "$here/run" --needs unheard-of
expect 0 '' test "$("$here/run" --needs selftest)" = "$("$here/run" --needs)"

# A target and a time may each be left out; clang's runtime is a package with clang's version.
expect 0 'tests/fuzz/run 300 ' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz
expect 0 'tests/fuzz/run 5 ' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz 5
expect 0 'tests/fuzz/run 300 http' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz http
expect 0 'tests/fuzz/run 5 http' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev fuzz http 5
expect 0 'dev: installing libclang-rt-14-dev' env PATH="$path" MISSING=libclang-rt-14-dev FAKE_UID=0 ./dev fuzz
expect 0 'dev: installing libclang-rt-14-dev' env PATH="$path" CI= MISSING=libclang-rt-14-dev FAKE_UID=0 ./dev check

expect 0 'threadecho build/soak 10m' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev soak
expect 0 'threadecho build/soak 90s' env PATH="$path" MISSING=none FAKE_UID=1000 ./dev soak 90s
expect 0 'dev: installing python3-yaml' env PATH="$path" MISSING=python3-yaml FAKE_UID=0 ./dev soak

# Without package lists ./dev updates them. A source that fails does not matter if the packages can be installed.
# shellcheck disable=SC2016
printf 'case " $* " in *" update "*) touch "%s/updated"; exit 100 ;; esac\n[ -e "%s/updated" ]\n' "$PWD" "$PWD" >apt
ln -s "$(command -v touch)" bare/touch
expect 0 'cmake --build --preset release' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build
expect 0 'update' cat asked
echo 'exit 100' >apt
expect 1 'could not install cmake' env PATH="$path" MISSING=cmake FAKE_UID=0 ./dev build

rm bin/apt-get
expect 1 'no c++, and no apt-get' env PATH="$path" ./dev build
expect 0 'checks links' env PATH="$path" ./dev check links
cp bin/cmake bin/c++
cp bin/cmake bin/ninja
expect 0 'cmake --build --preset release' env PATH="$path" ./dev build
expect 2 'Usage' ./dev unheard-of
expect 0 'Usage' ./dev
verdict
