#!/bin/sh
# Runs scripts of node's tests, each in a process of its own, so that one that hangs costs its own time alone and is named. What a script
# said comes out whole when it has ended. Leaves of each FOLDER/NAME.log, and FOLDER/tally with a line: passed, failed, skipped,
# seconds, script.
# Usage: tests/run_files.sh FOLDER AT-ONCE SCRIPT...
set -u

if [ "$1" != --one ]; then
    folder=$1 at_once=$2
    shift 2
    rm -rf "${folder:?}"
    mkdir -p "$folder"
    printf '%s\n' "$@" | xargs -n 1 -P "$at_once" "$0" --one "$folder"
    exit
fi

folder=$2 script=$3
name=$(basename "$script" .test.mjs)
tap=$folder/$name.tap log=$folder/$name.log
begun=$(date +%s)
timeout --kill-after=10 600 node --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$tap" "$script" </dev/null >"$log" 2>&1
code=$?

# number WORD...: what the report's summary says of these, added up; nothing where it has none
number() {
    for word in "$@"; do sed -n "s/^# $word \([0-9]*\)\$/\1/p" "$tap" 2>/dev/null; done | awk '{ n += $1 } END { if (NR) print n }'
}
passed=$(number pass)
failed=$(number fail cancelled)
skipped=$(number skipped todo)
if [ -z "$passed" ]; then
    passed=$(grep -c '^ok ' "$tap" 2>/dev/null)
    failed=1
    why="ended with code $code before its summary"
    [ "$code" -ne 124 ] && [ "$code" -ne 137 ] || why="was stopped after ten minutes"
elif [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]; then
    failed=1 why="has no tests"
elif [ "$failed" -eq 0 ] && [ "$code" -ne 0 ]; then
    failed=1 why="ended with code $code after its tests"
fi
{
    flock 9
    sed '/^ℹ/d' "$log"
    [ -z "${why:-}" ] || echo "FAIL: $script $why"
    echo "${passed:-0} $failed ${skipped:-0} $(($(date +%s) - begun)) $script" >>"$folder/tally"
} 9>>"$folder/lock"
