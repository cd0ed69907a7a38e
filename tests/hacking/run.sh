#!/bin/sh
# The worked example of docs/HACKING.md, done: a copy of this tree in which the patch beside this script is applied, built on
# what is built here, and tested. The places that HACKING.md names are those that the patch changes, and no other.
# Usage: BUILD=build tests/hacking/run.sh                 all of it
#        BUILD=build tests/hacking/run.sh places [FILE]   the places alone; FILE instead of docs/HACKING.md
#        BUILD=build tests/hacking/run.sh tree            makes the copy, to work on the example, and tells where it is
#        BUILD=build tests/hacking/run.sh keep            writes what was changed in that copy as the patch
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
patch=tests/hacking/date.patch
work=$build/hacking
tree=$work/tree
mkdir -p "$work" || exit 1

# The first column of the table under the head "A new type of question".
named_places() { # HACKING
    sed -n '/^## A new type of question/,/^## /s/^| `\([^`]*\)` |.*/\1/p' "$1" | sort
}

changed_places() {
    sed -n 's|^diff --git a/\(.*\) b/.*|\1|p' "$patch" | sort
}

check_places() { # HACKING
    named_places "$1" >"$work/named"
    changed_places >"$work/changed"
    if ! [ -s "$work/named" ]; then
        echo "$1:1: names no places"
        return 1
    fi
    diff "$work/named" "$work/changed" >"$work/places.diff" && return
    echo "$1: the places that it names (<) are not those that $patch changes (>)"
    grep '^[<>]' "$work/places.diff"
    return 1
}

# Sources with their times, so that what was built of them stands; a repository of its own, so that the change can be seen.
copy_tree() {
    rm -rf "${tree:?}"
    mkdir -p "$tree/build" || return 1
    tar -cf - --exclude=./build --exclude=./.git --exclude="./$build" . | tar -xf - -C "$tree" || return 1
    # What depends on what is written down by the names that it has here.
    for part in obj web; do
        [ "$build" != build ] || [ ! -e "$build/$part" ] || cp -a "$build/$part" "$tree/build/" || return 1
    done
    (cd "$tree" && git init -q && git add -A && git -c user.name=x -c user.email=x@x commit -q -m before) || return 1
    git -C "$tree" apply -C1 "$(pwd)/$patch" || {
        echo "$patch: does not apply any more; mend it by: tests/hacking/run.sh tree, the change, tests/hacking/run.sh keep"
        return 1
    }
}

# Without optimisation: it is built once and run for some seconds.
build_tree() {
    make -C "$tree" BUILD=build CFLAGS=-O0 programs build/unit-panel >"$work/make.log" 2>&1 && return
    grep -E 'error|warning' "$work/make.log" || tail "$work/make.log"
    return 1
}

test_tree() {
    (
        cd "$tree" || exit 1
        build/unit-panel >build/unit.log 2>&1 &&
            node --test tests/unit/web/questionnaire.test.mjs >build/web.log 2>&1 &&
            BURGERPANEL_BUILD=build node --test tests/e2e/date.test.mjs >build/e2e.log 2>&1 && exit
        grep -hE '^not ok|FAIL|error' build/unit.log build/web.log build/e2e.log 2>/dev/null
        exit 1
    )
}

case ${1:-} in
'') check_places docs/HACKING.md && copy_tree && build_tree && test_tree && rm -rf "${tree:?}" ;;
places) check_places "${2:-docs/HACKING.md}" ;;
tree) copy_tree && echo "$tree" ;;
keep) git -C "$tree" add -AN && git -C "$tree" diff >"$patch" ;;
*)
    echo "usage: tests/hacking/run.sh [places [FILE]|tree|keep]" >&2
    exit 2
    ;;
esac
