#!/bin/sh
# Runs the README's commands on a bare Debian 12 with git, make and apt, each in a root of its own with a clone of HEAD,
# and tells what each installed, downloaded, took and found. As root; how packages are reached is taken from this
# machine. The base is downloaded once, into $BUILD/fresh/. A root in which something failed stays there to be looked at.
# Usage: BUILD=build tests/fresh/run.sh [TARGET...]     (demo test lint)
# MIRROR=URL: where Debian is, on a machine that isn't Debian 12 itself
set -u
cd "$(dirname "$0")/../.." || exit 1

suite=bookworm
work=${BUILD:-build}/fresh
base=$work/$suite.tar
mkdir -p "$work"
work=$(cd "$work" && pwd)

fail() {
    echo "fresh-test: $*" >&2
    exit 1
}

# The machine's own lines for this Debian, as a sources.list.
list_sources() {
    if [ -n "${MIRROR:-}" ]; then
        echo "deb $MIRROR $suite main"
        return
    fi
    # shellcheck disable=SC2016  # apt's names
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v suite="$suite" '
            $2 ~ "^" suite "(-updates|-security)?$" && $3 == "main" && !seen[$0]++ { print "deb", $0 }'
}

remove_root() { # ROOT
    rm -rf --one-file-system "${1:?}"
}

# Everything in a root ends with the process that was started, and that with this script.
entered=
trap '[ -z "$entered" ] || kill -KILL "$entered"' EXIT
trap 'exit 1' INT TERM HUP

enter() { # ROOT COMMAND...
    unshare --mount --pid --fork --kill-child tests/fresh/enter.sh "$@" &
    entered=$!
    code=0
    wait "$entered" || code=$?
    entered=
    return "$code"
}

# The way to the packages, as this machine has it: names, proxies, what apt is to accept, and whom to trust.
copy_network() { # ROOT
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    list_sources >"$1/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-)' >"$1/etc/apt/apt.conf.d/90network"
    mkdir -p "$1/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$1/usr/local/share/ca-certificates/" \;
}

make_base() {
    mirror=$(list_sources | awk -v suite="$suite" '$3 == suite { print $2; exit }')
    [ -n "$mirror" ] || fail "apt of this machine knows no Debian $suite; say MIRROR=URL"
    echo "the base, Debian $suite with git and make"
    remove_root "$work/base"
    unshare --mount debootstrap --variant=minbase --include=git,make "$suite" "$work/base" "$mirror" \
        >"$work/base.log" 2>&1 || fail "debootstrap failed: $(tail -n 3 "$work/base.log")"
    rm -rf "$work/base/var/cache/apt/archives/"*.deb "$work/base/var/lib/apt/lists/"*
    tar -C "$work/base" -cf "$base.new" . && mv "$base.new" "$base" || fail "no base was made"
    remove_root "$work/base"
}

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
    remove_root "$root"
    mkdir "$root" && tar -C "$root" -xf "$base" || fail "no root was made"
    copy_network "$root"
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

[ "$(id -u)" -eq 0 ] || fail "to be run as root"
[ -s "$base" ] || make_base
status=0
echo "the tree at $(git log -1 --format='%h, %s')"
[ $# -gt 0 ] || set -- demo test lint
for target in "$@"; do run_target "$target"; done
exit "$status"
