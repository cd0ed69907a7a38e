#!/bin/sh
# The short form in under three minutes; FULL=1 the long one, with a store of ten million responses (7 GB of disk, about half an hour). Prints
# ratios to bare libsodium verification of the same run. ONLY=NAME: only the HTTP workloads whose name holds it. STORE=postgres: one, two and
# three collectors on a PostgreSQL that is thrown away afterwards, beside one on SQLite; a log copied into it and audited on both; nothing else.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
folder=$build/bench
collector=$build/burgerpanel-collector
mkdir -p "$folder"
if [ -n "${FULL:-}" ]; then
    responses=40000 runs=5 entries=300000 forms=100000
else
    responses=8000 runs=3 entries=40000 forms=3000
fi
if [ "${STORE:-}" = postgres ]; then
    tests/postgres/server.sh "$build/bench-postgres" "$collector" "$folder" "$responses" "$runs"
    rm -rf "$folder"
    exit
fi
if command -v dpkg-query >/dev/null; then
    printf 'libraries:'
    dpkg-query -W -f=' ${Package} ${Version}' libsodium23 libsqlite3-0 libc6 2>/dev/null || printf ' unknown'
    echo
fi
"$build/bench-http" "$collector" "$folder" "$responses" "$runs" "${ONLY:-}"
if [ -z "${ONLY:-}" ]; then
    "$build/bench-overload" "$collector" "$folder" "$responses"
    "$build/bench-log" "$collector" "$folder" "$entries"
    "$build/bench-batch" "$build/burgerpanel" "$collector" "$folder" "$forms"
    printf '\ngrowth\n\n'
    "$build/bench-growth" "$collector" "$folder" 100 10000
    printf '\n'
    "$build/bench-walk" 30000 1000000
    if [ -n "${FULL:-}" ]; then
        printf '\n'
        "$build/bench-growth" "$collector" "$folder" 27778 1000008
        printf '\n'
        "$build/bench-growth" "$collector" "$folder" 100000 10000000
        printf '\n'
        "$build/bench-walk" 3000000 100000000
    fi
fi
rm -rf "$folder"
