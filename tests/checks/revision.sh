#!/bin/sh
# The build finds its revision in a checkout, in the part of one that the image is built from, and says if there is none.
# needs: cmake git
set -u
here=$(cd "$(dirname -- "$0")" && pwd)
root=$(cd "$1" && pwd)
for tool in cmake git; do
    command -v $tool >/dev/null || exec "$here/skip" "$tool is not installed"
done
# shellcheck source-path=SCRIPTDIR source=expect
. "$here/expect"

# built_as REVISION [OPTION]: what a build of the tree source/ says.
built_as() {
    rm -rf build
    text="revision=$1;"
    shift
    expect 0 '' cmake "-DPROJECT_SOURCE_DIR=$PWD/source" "-DPROJECT_BINARY_DIR=$PWD/build" "$@" \
        -P "$root/cmake/build_info.cmake"
    expect 0 "$text" cat build/build_info.cpp
}

# in_context: leaves of .git what .dockerignore lets into the context.
in_context() {
    mv source/.git git
    mkdir source/.git
    sed -n 's|^!\.git/||p' "$root/.dockerignore" | while read -r pattern; do
        mkdir -p "$(dirname "source/.git/$pattern")"
        [ ! -e "git/$pattern" ] || cp -R "git/$pattern" "source/.git/$pattern"
    done
    rm -rf git
}

commit() {
    git -C source -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m "$1"
}

tree revision
mkdir source source/src
# shellcheck disable=SC2016  # CMake's
echo 'revision=@revision@;' >source/src/build_info.cpp.in
built_as unknown
built_as abc '-DTHREADECHO_REVISION=abc'

git init -q source
built_as unknown
git -C source add .
commit first
revision=$(git -C source rev-parse --short=12 HEAD)
built_as "$revision"
echo >>source/src/build_info.cpp.in
built_as "$revision-dirty"

# A branch with a slash; the commit is in a file of its own, then among the packed ones.
git -C source checkout -q -b some/branch
commit second
revision=$(git -C source rev-parse --short=12 HEAD)
cp -R source whole
in_context
built_as "$revision"
rm -rf source
mv whole source
git -C source pack-refs --all
commit third
git -C source branch other
git -C source reset -q --soft HEAD~1
git -C source pack-refs --all
cp -R source whole
in_context
built_as "$revision"
built_as abc '-DTHREADECHO_REVISION=abc'
rm -rf source
mv whole source
git -C source checkout -q --detach
in_context
built_as "$revision"

# A worktree has a file instead, which does not get there.
rm -rf source/.git
echo "gitdir: /nowhere" >source/.git
built_as unknown
verdict
