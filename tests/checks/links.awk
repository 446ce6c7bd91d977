# Reads Markdown files named relative to the working directory; says which relative links and anchors lead nowhere.
# The anchor that GitHub gives a heading; the second of a name gets -1.
function add_heading(text,   slug) {
    gsub(/<[^>]*>/, "", text)
    while (match(text, /\[[^]]*\]\([^)]*\)/)) {  # of a link only the text counts
        slug = substr(text, RSTART + 1, RLENGTH - 1)
        sub(/\].*/, "", slug)
        text = substr(text, 1, RSTART - 1) slug substr(text, RSTART + RLENGTH)
    }
    slug = tolower(text)
    gsub(/[!-,.\/:-@[-^`{-~]/, "", slug)
    gsub(/ /, "-", slug)
    if ((FILENAME, slug) in seen) slug = slug "-" seen[FILENAME, slug]++
    else seen[FILENAME, slug] = 1
    anchors[path(FILENAME), slug] = 1
}
function add_link(target) {
    sub(/^</, "", target); sub(/>$/, "", target)
    if (target ~ /^[a-zA-Z][a-zA-Z0-9+.-]*:/ || target ~ /^\/\//) return  # elsewhere
    ++links
    link[links] = target; from[links] = FILENAME; line[links] = FNR
}
function path(name,   part, count, i, kept, out) {  # without . and ..
    count = split(name, part, "/"); kept = 0
    for (i = 1; i <= count; ++i) {
        if (part[i] == "" || part[i] == ".") continue
        if (part[i] == ".." && kept > 0 && out[kept] != "..") --kept
        else out[++kept] = part[i]
    }
    name = "."
    for (i = 1; i <= kept; ++i) name = name "/" out[i]
    return name
}
function exists(name) {
    gsub(/'/, "'\\''", name)
    return name !~ /^\.\/\.\.(\/|$)/ && system("test -e '" name "'") == 0
}
FNR == 1 { fence = "" }
match($0, /^ *(```+|~~~+)/) {
    mark = substr($0, RSTART, RLENGTH); gsub(/ /, "", mark)
    if (fence == "") fence = mark
    else if (index(mark, fence) == 1) fence = ""
    next
}
fence != "" { next }
/^ ? ? ?##?#?#?#?#?[ \t]/ {
    text = $0
    sub(/^ *#+[ \t]+/, "", text); sub(/[ \t]+#*[ \t]*$/, "", text)
    add_heading(text)
}
{
    rest = $0
    gsub(/`[^`]*`/, "", rest)
    copy = rest
    while (match(copy, /(name|id)="[^"]+"/)) {
        text = substr(copy, RSTART, RLENGTH); gsub(/^[a-z]+="|"$/, "", text)
        anchors[path(FILENAME), text] = 1
        copy = substr(copy, RSTART + RLENGTH)
    }
    copy = rest
    while (match(copy, /(href|src)="[^"]+"/)) {
        text = substr(copy, RSTART, RLENGTH); gsub(/^[a-z]+="|"$/, "", text)
        add_link(text)
        copy = substr(copy, RSTART + RLENGTH)
    }
    if (match(rest, /^ ? ? ?\[[^]]+\]:[ \t]+[^ \t]+/)) {
        text = substr(rest, RSTART, RLENGTH); sub(/^ *\[[^]]+\]:[ \t]+/, "", text)
        add_link(text)
    }
    while (match(rest, /\]\([^) \t]+/)) {
        add_link(substr(rest, RSTART + 2, RLENGTH - 2))
        rest = substr(rest, RSTART + RLENGTH)
    }
}
END {
    for (i = 1; i <= links; ++i) {
        file = link[i]; anchor = ""
        if (match(file, /#/)) { anchor = substr(file, RSTART + 1); file = substr(file, 1, RSTART - 1) }
        sub(/\?.*/, "", file)
        gsub(/%20/, " ", file)
        folder = from[i]; sub(/[^\/]*$/, "", folder)
        if (file == "") file = path(from[i])
        else if (file ~ /^\//) file = path(file)
        else file = path(folder file)
        if (!exists(file)) why = "no such file"
        else if (anchor != "" && file ~ /\.md$/ && !((file, anchor) in anchors)) why = "no such heading"
        else continue
        printf "%s:%d: %s: %s\n", from[i], line[i], link[i], why
        bad = 1
    }
    exit bad
}
