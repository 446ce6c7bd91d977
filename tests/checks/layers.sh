#!/bin/sh
# Includes between the folders of src/ go one way only.
# needs: nothing
set -eu
cd "$1"
# shellcheck disable=SC2016  # awk's
find src -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.in' \) -print0 | sort -z | xargs -0 awk '
    # Whom a folder may include besides itself. build_info.h is a folder of its own here; what else lies in src/ itself
    # belongs to main.cpp, may include all, and is included by no folder.
    BEGIN {
        may["config"] = may["net"] = may["counting"] = may["build_info"] = " "
        may["log"] = " config net "
        may["echo"] = may["client"] = " config net counting log "
        may["http"] = " config net log build_info "
        may["metrics"] = " net echo build_info "
    }
    function folder_of(name,   part, depth) {
        depth = split(name, part, "/")
        return depth > 1 ? part[1] : name ~ /^build_info\./ ? "build_info" : "main"
    }
    function complain(text) {
        printf "%s:%d: %s\n", FILENAME, FNR, text
        bad = 1
    }
    FNR == 1 {
        folder = folder_of(substr(FILENAME, 5))
        if (folder != "main" && !(folder in may)) complain("layers.sh does not know what src/" folder " may include")
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\"")
        target = folder_of(quoted[2])
        if (target ~ /^\./) complain("include from src/ down, not " quoted[2])
        else if (target != "main" && !(target in may)) complain("no such folder: " quoted[2])
        else if (folder in may && target != folder && !index(may[folder], " " target " "))
            complain("src/" folder " may not include " quoted[2])
    }
    END { exit bad }
'
