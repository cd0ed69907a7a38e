#!/bin/sh
# The short form in under three minutes; FULL=1 the long one. Prints ratios to bare libsodium verification of the same run.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
folder=$build/bench
mkdir -p "$folder"
if [ -n "${FULL:-}" ]; then
    responses=40000 runs=5 entries=300000
else
    responses=8000 runs=3 entries=40000
fi
"$build/bench-http" "$build/burgerpanel-collector" "$folder" "$responses" "$runs" "${ONLY:-}"
"$build/bench-log" "$build/burgerpanel-collector" "$folder" "$entries"
rm -rf "$folder"
