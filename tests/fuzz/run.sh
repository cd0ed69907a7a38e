#!/bin/sh
# Runs fuzz targets one after the other, each for so many seconds, from fixtures/fuzz/TARGET, from seeds made of fixtures and vectors,
# and from what earlier runs found ($BUILD/fuzz/corpus). An input that breaks one is left in $BUILD/fuzz/crashes: give it a name that
# says what it is, put it into fixtures/fuzz/TARGET with the fix, and the unit tests try it for ever after.
# KEEP=1: what has found something new, and is small, is added to fixtures/fuzz/TARGET as well.
# Usage: BUILD=build TIME=60 KEEP= tests/fuzz/run.sh [TARGET...]
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}/fuzz
seconds=${TIME:-60}
kept_bytes=2048 # of an input that is kept
kept_files=40   # of a target
passed=0
failed=0
mkdir -p "$build/crashes" "$build/logs"
rm -rf "${build:?}/seeds"

put() { # TARGET FILE...
    folder=$build/seeds/$1
    shift
    mkdir -p "$folder"
    for file in "$@"; do
        [ -f "$file" ] && cp "$file" "$folder/"
    done
}

make_seeds() {
    put json fixtures/*.json fixtures/broken/*.json tests/vectors/jsontestsuite/*.json tests/vectors/rfc8037/*
    put csv fixtures/*.csv fixtures/broken/*.csv tests/vectors/csv-spectrum/csvs/*.csv
    put panel fixtures/*.json fixtures/broken/panel-*.json
    put actions fixtures/actions.csv fixtures/broken/actions-*.csv
    node tests/fuzz/seeds.mjs "$build/seeds"
}

# Adds to fixtures/fuzz/TARGET what reaches code that nothing there reaches, first what reaches most.
keep() { # TARGET
    kept=fixtures/fuzz/$1
    new=$build/new/$1
    rm -rf "$new"
    mkdir -p "$kept" "$new"
    cp "$kept"/* "$new/" 2>/dev/null
    "$build/fuzz_$1" -set_cover_merge=1 -max_len="$kept_bytes" -timeout=20 "$new" "$build/corpus/$1" "$build/seeds/$1" \
        >"$build/logs/$1.keep.log" 2>&1 </dev/null || return 1
    left=$((kept_files - $(find "$kept" -type f | wc -l)))
    find "$new" -type f -printf '%T@ %f\n' | sort -n | while read -r _ name; do
        [ "$left" -gt 0 ] || break
        [ -e "$kept/$name" ] && continue
        cp "$new/$name" "$kept/$(echo "$name" | cut -c 1-12)"
        left=$((left - 1))
    done
}

fuzz() { # TARGET
    log=$build/logs/$1.log
    mkdir -p "$build/corpus/$1" "$build/seeds/$1" "fixtures/fuzz/$1"
    set -- "$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crashes/$1-" "$build/corpus/$1" "$build/seeds/$1" "fixtures/fuzz/$1"
    [ -f "tests/fuzz/$1.dict" ] && set -- "$@" -dict="tests/fuzz/$1.dict"
    target=$1
    shift
    if "$build/fuzz_$target" "$@" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        printf 'ok    %-12s %s inputs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    else
        failed=$((failed + 1))
        printf 'FAIL  %-12s\n' "$target"
        grep -vE '^(#|INFO|stat::)' "$log" | head -60
    fi
}

# What a target writes goes where writing costs nothing.
[ -w /dev/shm ] && export TMPDIR=/dev/shm

make_seeds || exit 1
for source in tests/fuzz/*/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    fuzz "$name"
    [ -z "${KEEP:-}" ] || keep "$name" || failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
