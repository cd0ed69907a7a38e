#!/bin/sh
# Runs every fuzz target for a bounded number of inputs and seconds, from seeds of fixtures and vectors and from what earlier runs
# found. An input that crashes is left in $BUILD/fuzz/crashes/: put it into tests/fuzz/corpus/TARGET/ with the fix, and it stays tried.
# Usage: BUILD=build FUZZ_RUNS=100000 FUZZ_SECONDS=60 tests/fuzz/run.sh [TARGET...]
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}/fuzz
runs=${FUZZ_RUNS:-100000}
seconds=${FUZZ_SECONDS:-60}
passed=0
failed=0
mkdir -p "$build/crashes" "$build/logs"
rm -rf "$build/seeds"

put() { # TARGET FILE...
    folder=$build/seeds/$1
    shift
    mkdir -p "$folder"
    for file in "$@"; do
        [ -f "$file" ] && cp "$file" "$folder/"
    done
}

put json fixtures/*.json fixtures/broken/*.json tests/vectors/jsontestsuite/*.json tests/vectors/rfc8037/*
put csv fixtures/*.csv fixtures/broken/*.csv tests/vectors/csv-spectrum/csvs/*.csv
put panel fixtures/*.json fixtures/broken/panel-*.json
put actions fixtures/actions.csv fixtures/broken/actions-*.csv
node tests/fuzz/seeds.mjs "$build/seeds" || exit 1

for source in tests/fuzz/fuzz_*.c; do
    target=$(basename "$source" .c)
    target=${target#fuzz_}
    case " ${*:-$target} " in *" $target "*) ;; *) continue ;; esac
    mkdir -p "$build/corpus/$target" "$build/seeds/$target"
    kept=
    [ -d "tests/fuzz/corpus/$target" ] && kept=tests/fuzz/corpus/$target
    log=$build/logs/$target.log
    # shellcheck disable=SC2086  # nothing when nothing is kept
    if "$build/fuzz_$target" -runs="$runs" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crashes/$target-" "$build/corpus/$target" "$build/seeds/$target" $kept >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        printf 'ok    %-10s %s inputs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    else
        failed=$((failed + 1))
        printf 'FAIL  %-10s\n' "$target"
        grep -vE '^(#|INFO|stat::)' "$log" | head -40
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
