#!/bin/sh
# A folder of src/ includes only from folders below it in the list. Client commands never include each other.
# needs: nothing
set -eu
cd "$1"
# shellcheck disable=SC2016  # awk's
find src -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.in' \) -print0 | sort -z | xargs -0 awk '
    # The folders in the order of docs/architecture.md, those of one line beside each other. build_info.h lies in src/
    # itself and may be included by all; main.cpp may include all.
    BEGIN {
        depth = 0
        add("commands")
        add("serve probe load watch report compare identity fault healthcheck")
        add("client"); add("admin"); add("http"); add("echo"); add("config"); add("man"); add("cli"); add("log"); add("host")
        add("net"); add("stats"); add("text"); add("build_info")
    }
    function add(names,   name, i, count) {
        ++depth
        count = split(names, name, " ")
        for (i = 1; i <= count; ++i) depth_of[name[i]] = depth
    }
    function folder_of(path,   part, count) {
        count = split(path, part, "/")
        return count > 1 ? part[1] : path ~ /^build_info\./ ? "build_info" : "main"
    }
    function complain(text) {
        printf "%s:%d: %s\n", FILENAME, FNR, text
        bad = 1
    }
    FNR == 1 {
        folder = folder_of(substr(FILENAME, 5))
        if (folder == "main" && FILENAME != "src/main.cpp") complain("only main.cpp and build_info lie in src/ itself")
        else if (folder != "main" && !(folder in depth_of)) complain("layers.sh does not know src/" folder)
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\"")
        target = folder_of(quoted[2])
        if (target ~ /^\./) complain("include from src/ down, not " quoted[2])
        else if (target == "main" || !(target in depth_of)) complain("no such folder: " quoted[2])
        else if (folder in depth_of && target != folder && depth_of[target] <= depth_of[folder])
            complain("src/" folder " may not include " quoted[2])
    }
    END { exit bad }
'
