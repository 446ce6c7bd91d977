#!/bin/sh
# Each check, and what counts their results, notices what it is there for.
# Each is shown a small tree that keeps its rule and must pass, then one that breaks it and must fail and say why.
# needs: all
#
# selftest.sh ROOT [PART...]: all parts, or those named, which are functions of this file and of selftest-*.
# shellcheck disable=SC2317  # ShellCheck does not see that they are called
set -u
here=$(cd "$(dirname -- "$0")" && pwd)
root=$(cd "$1" && pwd)
# shellcheck source-path=SCRIPTDIR source=expect
. "$here/expect"
# shellcheck source-path=SCRIPTDIR source=selftest-observability
. "$here/selftest-observability"
# shellcheck source-path=SCRIPTDIR source=selftest-arm64
. "$here/selftest-arm64"
# shellcheck source-path=SCRIPTDIR source=selftest-docker
. "$here/selftest-docker"
# shellcheck source-path=SCRIPTDIR source=selftest-dotenv
. "$here/selftest-dotenv"
# shellcheck source-path=SCRIPTDIR source=selftest-hardening
. "$here/selftest-hardening"
# shellcheck source-path=SCRIPTDIR source=selftest-faults
. "$here/selftest-faults"
# shellcheck source-path=SCRIPTDIR source=selftest-kubernetes
. "$here/selftest-kubernetes"
# shellcheck source-path=SCRIPTDIR source=selftest-helm
. "$here/selftest-helm"
# shellcheck source-path=SCRIPTDIR source=selftest-docs
. "$here/selftest-docs"

# project: the build of this project around a program and a test that do next to nothing.
project() {
    tree project
    mkdir -p src tests/unit tests/support tests/dotenv bench
    cp -R "$root/CMakeLists.txt" "$root/CMakePresets.json" "$root/cmake" "$root/.clang-tidy" "$root/.clang-format" .
    : >cmake/page.cmake  # the status page needs the HTTP server
    cp "$root/src/build_info.h" "$root/src/build_info.cpp.in" src/
    cp "$root/tests/CMakeLists.txt" "$root/tests/.clang-tidy" tests/
    printf 'int main() { return 0; }\n' >src/main.cpp
    cp src/main.cpp tests/dotenv/dump.cpp
    : >tests/support/some.cpp
    : >bench/CMakeLists.txt
    printf '#include <gtest/gtest.h>\n\nTEST(Sanitizer, LetsCleanCodePass) { EXPECT_EQ(1 + 1, 2); }\n' \
        >tests/unit/some_test.cpp
}

formatting() {
    tree format
    mkdir src
    cp "$root/.clang-format" .
    printf 'int main() { return 0; }\n' >src/main.cpp
    expect 0 '' "$here/format.sh" .
    printf 'int main(){return 0;}\n' >src/main.cpp
    expect fail 'clang-format-violations' "$here/format.sh" .
    expect 0 '' "$here/format.sh" --fix .
    expect 0 '' "$here/format.sh" .
    mkdir bin
    printf '#!/bin/sh\necho clang-format version 19.1.7\n' >bin/clang-format
    cp bin/clang-format bin/clang-format-14
    chmod +x bin/*
    expect 77 'clang-format 14 is not here' env PATH="$PWD/bin:$PATH" "$here/format.sh" .
}

layering() {
    tree layers
    mkdir -p src/serve src/load src/echo src/net
    printf '#include "serve/signals.h"\n' >src/main.cpp
    printf '#include "build_info.h"\n#include "echo/server.h"\n#include "serve/signals.h"\n' >src/serve/signals.cpp
    printf '#include "echo/server.h"\n\n#include <net/if.h>\n\n#include "net/fd.h"\n' >src/echo/server.cpp
    expect 0 '' "$here/layers.sh" .
    printf '#include <vector>\n  # include "admin/routes.h"\n' >src/echo/server.h
    expect fail 'src/echo/server.h:2: src/echo may not include admin/routes.h' "$here/layers.sh" .
    printf '#include "../net/fd.h"\n' >src/echo/server.h
    expect fail 'not ../net/fd.h' "$here/layers.sh" .
    printf '#include "metrics/echo.h"\n' >src/echo/server.h
    expect fail 'no such folder: metrics/echo.h' "$here/layers.sh" .
    rm src/echo/server.h
    printf '#include "probe/probe.h"\n' >src/load/a.h
    expect fail 'src/load may not include probe/probe.h' "$here/layers.sh" .
    rm src/load/a.h
    printf '#pragma once\n' >src/drain.h
    expect fail 'only main.cpp and build_info lie in src/ itself' "$here/layers.sh" .
    rm src/drain.h
    mkdir src/novel
    printf '#pragma once\n' >src/novel/a.h
    expect fail 'does not know src/novel' "$here/layers.sh" .
}

linking() {
    tree links
    mkdir -p docs
    cat >README.md <<'END'
# The `echo` server: what, why?
See [there](docs/more.md#a-part), [here](#the-echo-server-what-why), [twice](#again-1), [image](docs/)
and <a href="docs/more.md">x</a>,
[out](https://example.com/nowhere), [mail](mailto:a@example.com), `[code](missing.md)`, [ref].
```
# not a heading, [not a link](missing.md)
```
## Again
## Again
[ref]: /docs/more.md
END
    printf '# More\n## A *part*\n[up](../README.md#again)\n' >docs/more.md
    expect 0 '' "$here/links.sh" .
    cp README.md good.md
    for link in '[x](docs/gone.md)' '[x](docs/more.md#gone)' '[x](#not-a-heading-not-a-link)' '![x](gone.png)' \
        '[x]: gone.md' '<a href="gone.md">x</a>' '[x](../outside.md)' '[x](#again-2)'; do
        { cat good.md; printf '%s\n' "$link"; } >README.md
        expect fail 'README.md:11: ' "$here/links.sh" .
    done
    cp good.md README.md
    mkdir cmake
    cp "$root/cmake/addresses.cmake" cmake/
    expect 0 '' "$here/links.sh" .
    sed -n 's/^set(.*\(github.*\))$/\1/p; s/^set(.*<\(.*\)>.*/\1/p' cmake/addresses.cmake >../addresses
    while read -r address; do
        printf 'home: https://%s/docs\n' "$address" >chart.yaml
        expect fail 'these addresses do not exist yet' "$here/links.sh" .
    done <../addresses
    rm chart.yaml ../addresses
    printf 'set(THREADECHO_HOMEPAGE "")\n' >cmake/addresses.cmake
    expect fail 'has other addresses than this check knows' "$here/links.sh" .
}

# shellcheck disable=SC2016  # for the page, not for here
learning() {
    tree lesson
    mkdir -p docs bench
    page="$root/tests/e2e/lesson.py"
    printf '#!/bin/sh\necho "Threads: $POOL_THREADS, port $PORT"\necho "took 12.5 ms"\n' >threadecho
    chmod +x threadecho
    cat >docs/lesson.md <<'END'
```bash
PATH=$PWD/build/release:$PATH
export POOL_THREADS=3
```
```console
$ threadecho
Threads: 7, port 9000
took 1,004 us
$ threadecho | grep Threads
Threads: 7, ...
$ for i in 1 2 3
> do echo "$i: a line"; done
1: a line
...
```
END
    expect 0 '4 commands, 0 complaints' python3 -B "$page" . threadecho
    cp docs/lesson.md good.md
    for change in 's/Threads: 7, port/Tasks: 7, port/' '/^took/d' 's/^took .*/took ms/' 's/^1: a line/1: another line/' \
        's/^Threads: 7, \.\.\./Threads: 7/'; do
        sed "$change" good.md >docs/lesson.md
        expect fail 'docs/lesson.md:' python3 -B "$page" . threadecho
    done
    sed 's/^1: a line/&\n$ sleep 60 \&/' good.md >docs/lesson.md
    expect fail 'still runs when the page ends: sleep 60' python3 -B "$page" . threadecho
    sed 's/^1: a line/&\n$ sleep 60/' good.md >docs/lesson.md
    expect fail 'the page did not end within 2 s' env LESSON_SECONDS=2 python3 -B "$page" . threadecho
    sed 's/^1: a line/&\n$ exit\n$ true/' good.md >docs/lesson.md
    expect fail 'was not reached: true' python3 -B "$page" . threadecho
    grep -v '^\$' good.md | sed 's/```bash/```/; s/```console/```/' >docs/lesson.md
    expect fail 'has no commands' python3 -B "$page" . threadecho
}

# shellcheck disable=SC2016  # for the files, not for here
promising() {
    tree promises
    mkdir -p docs tests/unit
    printf 'TEST(Echo, IsWhole) {}\nTEST_P(Drain, Ends) {}\n' >tests/unit/some_test.cpp
    printf 'kept by `Echo.IsWhole`, `Drain.*`; `echo.txt` is no test\n' >SECURITY.md
    : >docs/reliability.md
    expect 0 '' "$here/promises.sh" .
    printf '`Echo.IsWholeNoMore`\n' >docs/reliability.md
    expect fail 'no test is called Echo.IsWholeNoMore, which docs/reliability.md names' "$here/promises.sh" .
    printf '`Drains.*`\n' >docs/reliability.md
    expect fail 'no test is called Drains.*' "$here/promises.sh" .
    : >docs/reliability.md
    : >SECURITY.md
    expect fail 'name no test' "$here/promises.sh" .
}

checking_out() {
    command -v git >/dev/null || return 0  # then the check is skipped itself
    tree checkout
    expect 77 'not a git checkout' "$here/checkout.sh" .
    git init -q .
    cp "$root/.gitattributes" .
    mkdir -p tests/fuzz/corpus/http
    printf '#!/bin/sh\nif true; then\n    echo fine\nfi\n' >fine.sh
    printf 'GET / HTTP/1.1\r\n\r\n' >tests/fuzz/corpus/http/get
    printf 'PORT=1\nPORT=2\n' >tests/fuzz/corpus/http/lines
    chmod +x fine.sh
    git add .
    expect 0 '' "$here/checkout.sh" .

    git update-index --chmod=-x fine.sh
    expect fail 'fine.sh: has a #! line, and no run bit' "$here/checkout.sh" .
    git update-index --chmod=+x fine.sh
    git update-index --chmod=+x .gitattributes
    expect fail '.gitattributes: has a run bit, and no #! line' "$here/checkout.sh" .
    git update-index --chmod=-x .gitattributes
    sed '/^tests.fuzz/d' "$root/.gitattributes" >.gitattributes
    expect fail 'corpus/http/get: has CRLF, and .gitattributes does not say -text' "$here/checkout.sh" .
    rm .gitattributes
    git rm -q --cached .gitattributes
    expect fail 'Files lf/fine.sh and crlf/fine.sh differ' "$here/checkout.sh" .
    expect fail 'Files lf/tests/fuzz/corpus/http/lines and crlf' "$here/checkout.sh" .
    expect fail 'crlf/fine.sh: ' "$here/checkout.sh" .  # what the shell says of it
    printf '#!/bin/sh\nif\n' >fine.sh
    cp "$root/.gitattributes" .
    git add .
    expect fail 'fine.sh: ' "$here/checkout.sh" .
}

scripts() {
    tree shellcheck
    # shellcheck disable=SC2016  # for the file, not for here
    printf '#!/bin/sh\necho "$1"\n' >fine.sh
    expect 0 '' "$here/shellcheck.sh" .
    mkdir -p .ci
    # shellcheck disable=SC2016
    printf '#!/usr/bin/env bash\ncd $1\n' >.ci/run
    expect fail 'SC2086' "$here/shellcheck.sh" .
}

tidying() {
    project
    expect 0 '' "$here/tidy.sh" .
    printf 'int BadName() { return 0; }\nint main() { return BadName(); }\n' >src/main.cpp
    expect fail 'readability-identifier-naming' "$here/tidy.sh" .
    printf 'int main() { return 0; }\n' >src/main.cpp
    printf '#pragma once\n\nstruct Early {\n  int* none = 0;\n};\n' >src/early.h
    printf '#include "early.h"\n' >src/early.cpp
    expect fail 'modernize-use-nullptr' "$here/tidy.sh" .
}

sanitizers() {
    project
    cat >>tests/unit/some_test.cpp <<'END'

#include <climits>
#include <memory>
#include <thread>

TEST(Sanitizer, SeesLeaks) {
  int* volatile lost = std::make_unique<int>(1).release();
  EXPECT_EQ(*lost, 1);
  lost = nullptr;
}

TEST(Sanitizer, SeesUseAfterFree) {
  auto owner = std::make_unique<int>(1);
  int* volatile dangling = owner.get();
  owner.reset();
  EXPECT_NE(*dangling, 2);
}

TEST(Sanitizer, SeesOverflow) {
  volatile int most = INT_MAX;
  most = most + 1;
}

TEST(Sanitizer, SeesRaces) {
  volatile int shared = 0;
  const auto write = [&shared] {
    for (int i = 0; i < 1000; ++i) shared = i;
  };
  std::thread other(write);
  write();
  other.join();
}

TEST(Sanitizer, MaySkip) { GTEST_SKIP() << "for <this> reason"; }
END
    tab=$(printf '\t')
    expect fail '3 tests failed out of' "$here/asan.sh" .
    if [ -e build/asan/junit.xml ]; then
        expect 0 'LeakSanitizer: detected memory leaks' cat build/asan/junit.xml
        expect 0 'heap-use-after-free' cat build/asan/junit.xml
        expect 0 'signed integer overflow' cat build/asan/junit.xml
        expect 0 "passed${tab}asan/unit/Sanitizer.LetsCleanCodePass" "$here/junit" asan build/asan/junit.xml
        expect 0 "skipped${tab}asan/unit/Sanitizer.MaySkip${tab}for <this> reason" \
            "$here/junit" asan build/asan/junit.xml
    fi
    printf 'int main() { return 0; }\nstatic void nobody_calls() {}\n' >src/main.cpp
    expect fail 'unused-function' "$here/asan.sh" .
    printf 'int main() { return 0; }\n' >src/main.cpp
    expect fail 'tests failed out of' "$here/tsan.sh" .
    if [ -e build/tsan/junit.xml ]; then
        expect 0 'ThreadSanitizer: data race' cat build/tsan/junit.xml
        expect 0 "failed${tab}tsan/unit/Sanitizer.SeesRaces" "$here/junit" tsan build/tsan/junit.xml
        expect 0 "passed${tab}tsan/unit/Sanitizer.LetsCleanCodePass" "$here/junit" tsan build/tsan/junit.xml
    fi
}

fuzzing() {
    project
    mkdir tests/fuzz tests/fuzz/corpus tests/fuzz/corpus/some
    cp "$root/tests/fuzz/CMakeLists.txt" "$root/tests/fuzz/oracle.h" "$root/tests/fuzz/replay.cpp" tests/fuzz/
    cat >tests/fuzz/some_fuzz.cpp <<'END'
#include "oracle.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  threadecho::fuzz::demand(BROKEN == 0 || size == 0 || data[0] != 'x', "no input begins with x");
  return 0;
}
END
    printf 'add_compile_definitions(BROKEN=0)\n' | cat - tests/fuzz/CMakeLists.txt >tests/fuzz/whole
    printf 'hello' >tests/fuzz/corpus/some/hello
    mv tests/fuzz/whole tests/fuzz/CMakeLists.txt
    expect 0 'edges reached' env FUZZ_SECONDS=1 "$here/fuzz.sh" .
    expect 0 'some: ' "$root/tests/fuzz/run" --check 1 some
    expect 2 'no target is called other' "$root/tests/fuzz/run" 1 other
    sed s/BROKEN=0/BROKEN=1/ tests/fuzz/CMakeLists.txt >broken
    mv broken tests/fuzz/CMakeLists.txt
    expect fail 'not so: no input begins with x' env FUZZ_SECONDS=30 "$here/fuzz.sh" .
    expect fail 'build/fuzz/some/crash-' env FUZZ_SECONDS=30 "$here/fuzz.sh" .
    crash=$(find build/fuzz/some -name 'crash-*' 2>/dev/null | head -n 1)
    [ -z "$crash" ] || expect fail 'not so' build/asan/tests/fuzz/some_fuzz "$crash"
}

publishing() {
    tree publishing
    mkdir -p .github/workflows tests build "$root/build/actionlint"
    cp -R "$root/tests/workflows" tests/
    ln -s "$root/build/actionlint" build/actionlint
    workflow() {
        printf 'on: push\njobs:\n  a:\n    runs-on: %s\n    steps:\n      - uses: actions/checkout@%s\n' "$1" "$2" \
            >.github/workflows/ci.yml
    }
    commit='34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1'
    workflow ubuntu-24.04 "$commit"
    expect 0 '1 workflows, 0 findings' "$here/workflows.sh" .
    workflow ubuntu-24.04 v4
    expect fail 'not pinned by a commit' "$here/workflows.sh" .
    workflow nowhere "$commit"
    expect fail 'label "nowhere" is unknown' "$here/workflows.sh" .
}

# The rows that become the count.
counting() {
    tree count
    cat >junit.xml <<'END'
<testsuite name="(empty)" tests="5">
	<testcase name="unit/A.Passes" classname="unit/A.Passes" time="0.01" status="run">
		<system-out>&lt;testcase status=&quot;fail&quot;</system-out>
	</testcase>
	<testcase name="unit/A.Fails" classname="unit/A.Fails" time="0.01" status="fail">
		<failure message=""/>
	</testcase>
	<testcase name="unit/A.Skips" classname="unit/A.Skips" time="0.01" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>[ RUN      ] A.Skips
a_test.cpp:8: Skipped
no IPv6 &amp; such
[  SKIPPED ] A.Skips (0 ms)
</system-out>
	</testcase>
	<testcase name="unit/A.Missing" classname="unit/A.Missing" time="0" status="notrun">
		<skipped message="Unable to find executable"/>
	</testcase>
	<testcase name="unit/A.Disabled" classname="unit/A.Disabled" time="0" status="disabled">
	</testcase>
</testsuite>
END
    "$here/junit" release junit.xml >rows
    printf '%s\t%s\t%s\n' passed release/unit/A.Passes '' failed release/unit/A.Fails '' \
        skipped release/unit/A.Skips 'no IPv6 & such' failed release/unit/A.Missing 'Unable to find executable' \
        skipped release/unit/A.Disabled disabled >wanted
    expect 0 '' diff wanted rows

    printf 'passed\tlinks\t\nskipped\tformat\tno tool\n' >rows
    : >nothing
    printf '# a comment\nformat  # some image has another version\n' >allowed
    expect 0 '1 passed, 0 failed, 1 skipped' "$here/report" nothing rows
    expect 0 '  format: no tool' "$here/report" nothing rows
    expect 0 '1 passed, 0 failed, 1 skipped' env CI=true "$here/report" allowed rows
    expect fail '1 passed, 1 failed, 0 skipped' env CI=true "$here/report" nothing rows
    expect fail 'tests/allowed-skips does not list it' env CI=true "$here/report" nothing rows
    printf 'failed\ttsan\texit status 8\n' >>rows
    expect fail '  tsan: exit status 8' "$here/report" allowed rows
    expect fail '0 passed, 1 failed, 0 skipped' "$here/report" allowed nothing
    for check in "$here"/*.sh; do
        expect 0 "$(basename "$check" .sh) " "$here/run" --list
    done
}

# Checks that run beside each other, beside one that does not: observe passes only if alerts runs meanwhile.
# shellcheck disable=SC2016  # for the checks, not for here
meeting() {
    tree meeting
    mkdir -p tests/checks
    cp "$here/run" "$here/report" "$here/junit" "$here/skip" tests/checks/
    : >tests/allowed-skips
    printf '#!/bin/sh\nfor _ in $(seq 30); do [ -e "$1/met" ] && exit; sleep 0.1; done\nexit 1\n' >tests/checks/observe.sh
    printf '#!/bin/sh\ntouch "$1/met"\necho from alerts\n' >tests/checks/alerts.sh
    printf '#!/bin/sh\nexec "$(dirname "$0")/skip" "no links"\n' >tests/checks/links.sh
    chmod +x tests/checks/*.sh
    expect 0 '2 passed, 0 failed, 1 skipped' tests/checks/run links observe alerts
    expect 0 'links: no links' tests/checks/run links observe alerts
    expect 0 'from alerts' tests/checks/run observe alerts
    expect fail '1 passed, 1 failed, 0 skipped' env CI=true tests/checks/run observe links
    rm met
    printf '#!/bin/sh\ntouch "$1/met"\nexit 3\n' >tests/checks/alerts.sh
    expect fail 'alerts: exit status 3' tests/checks/run observe alerts
    printf '#!/bin/sh\ntouch "$1/met"\nkill -9 "$PPID"\n' >tests/checks/alerts.sh
    expect fail 'alerts: ended without a result' tests/checks/run observe alerts
    rm met
    expect fail 'observe: exit status 1' tests/checks/run observe
}

if [ $# -gt 1 ]; then
    shift
    for part in "$@"; do "$part"; done
    verdict
    exit
fi

# lane PART...: runs these parts beside other lanes, in a process group of their own, and keeps what they say.
lane() {
    setsid "$0" "$root" "$@" >"$work/$1.log" 2>&1 &
    pids="$pids $!"
    lanes="$lanes $1"
}

lanes='' pids=''
trap 'for pid in $pids; do kill -- "-$pid"; done; exit 1' INT TERM
lane rendered
lane files chart running
lane observability stacking dotenvs faults emulated
lane tidying sanitizers fuzzing hardening formatting layering linking learning documented spelling promising checking_out scripts counting meeting publishing
status=0
for pid in $pids; do wait "$pid" || status=1; done
for name in $lanes; do cat "$work/$name.log"; done
exit "$status"
