#!/bin/sh
# Runs the README's commands on a bare Debian 12 with git, make and apt, each in a root of its own with a clone of HEAD,
# and tells what each installed, downloaded, took and found. As root; how packages are reached is taken from this
# machine. The base is downloaded once, into $BUILD/fresh/. A root in which something failed stays there to be looked at.
# Usage: BUILD=build tests/fresh/run.sh [TARGET...]     (demo test lint)
# MIRROR=URL: where Debian is, on a machine that isn't Debian 12 itself
set -u
cd "$(dirname "$0")/../.." || exit 1

name=fresh-test
# shellcheck source=tests/fresh/root.sh
. tests/fresh/root.sh

count_packages() { # ROOT
    grep -c '^Status: install ok installed' "$1/var/lib/dpkg/status"
}

# What apt says it fetched, and what npm keeps of all that it has fetched, in MB.
count_megabytes() { # ROOT LOG
    npm=$(du -sk "$1/root/.npm" 2>/dev/null | cut -f 1)
    awk -v npm="${npm:-0}" '
        BEGIN { size["B"] = 1e-6; size["kB"] = 1e-3; size["MB"] = 1; size["GB"] = 1000 }
        $1 == "Fetched" { sum += $2 * size[$3] }
        END { printf "%.0f", sum + npm * 1024 / 1e6 }' "$2"
}

run_target() { # TARGET
    root=$work/root-$1
    log=$work/$1.log
    make_root "$root"
    git clone -q . "$root/root/burgerpanel" || fail "the tree could not be cloned"
    packages=$(count_packages "$root")
    start=$(date +%s)
    enter "$root" make -C /root/burgerpanel "$1" >"$log" 2>&1 </dev/null
    code=$?
    seconds=$(($(date +%s) - start))
    tally=$(tests/tally.sh "$root/root/burgerpanel/build/results" | tail -n 1)
    printf 'make %-5s %s; %s packages, %s MB, %d min %02d s\n' "$1" "$tally" $(($(count_packages "$root") - packages)) \
        "$(count_megabytes "$root" "$log")" $((seconds / 60)) $((seconds % 60))
    case $code:$tally in
    0:[1-9]*' passed, 0 failed')
        remove_root "$root"
        return
        ;;
    esac
    tail -n 20 "$log"
    echo "FAIL: make $1 ended with code $code; $log, $root"
    status=1
}

need_base
status=0
echo "the tree at $(git log -1 --format='%h, %s')"
[ $# -gt 0 ] || set -- demo test lint
for target in "$@"; do run_target "$target"; done
exit "$status"
