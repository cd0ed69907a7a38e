#!/bin/sh
# Debian's packages on a bare Debian 12: that they are the same bytes wherever and whenever they are made, that lintian finds nothing,
# the life of a collector from installing to purging, in roots that are booted with systemd and have no network, and in a container. As
# root. A root in which something failed stays, to be looked at.
# Usage: BUILD=build tests/deb/run.sh [STAGE...]    (made life old container)
set -u
cd "$(dirname "$0")/../.." || exit 1

name=deb-test
build=${BUILD:-build}
packages=$build/deb
# shellcheck source=tests/fresh/root.sh
. tests/fresh/root.sh
# shellcheck source=tests/deb/steps.sh
. tests/deb/steps.sh

# The version before all of this, as its manual had it installed; no tag was given to it.
OLD=13d30e4

# --- made ------------------------------------------------------------------------------------------------------------------

# In another folder, later, from files of another day and mode, under another clock, language and umask.
make_elsewhere() {
    mkdir -p "$work/elsewhere/another folder" && git ls-files --cached --others --exclude-standard -z |
        tar --null -cf - -T - | tar -xf - -C "$work/elsewhere/another folder" || return 1
    find "$work/elsewhere" -type f -exec touch -d '2001-02-03 04:05:06' {} + || return 1
    (umask 077 && TZ=Pacific/Auckland LC_ALL=nl_NL.UTF-8 "$work/elsewhere/another folder/packaging/deb.sh" "$work/elsewhere/out")
}

compare_with_elsewhere() {
    for package in "$packages"/*.deb; do
        cmp "$package" "$work/elsewhere/out/$(basename "$package")" || return 1
    done
}

# Symbols are found by the number of the build, which the program and its file of symbols must share.
find_symbols() { # PACKAGE PROGRAM
    dpkg-deb -x "$packages/$1"_*.deb "$work/plain" && dpkg-deb -x "$packages/$1-dbgsym"_*.deb "$work/symbols" || return 1
    id=$(readelf -n "$work/plain/usr/bin/$2" | sed -n 's/.*Build ID: //p')
    symbols=$work/symbols/usr/lib/debug/.build-id/$(echo "$id" | cut -c 1-2)/$(echo "$id" | cut -c 3-).debug
    readelf -S "$symbols" | grep -q '\.debug_info'
}

look_at_made() {
    rm -rf "$work/elsewhere" "$work/plain" "$work/symbols"
    step "the packages are built a second time, elsewhere and later" make_elsewhere
    step "each of them is the same, byte for byte" compare_with_elsewhere
    step "lintian finds no error and no warning" lintian --allow-root --fail-on error,warning "$packages"/*.changes
    step "the client's debugging symbols are those of the program" find_symbols burgerpanel burgerpanel
    step "the collector's debugging symbols are those of the program" find_symbols burgerpanel-collector burgerpanel-collector
}

# --- booted ----------------------------------------------------------------------------------------------------------------

# With what the packages rest on downloaded and not installed: that is theirs to ask for.
make_deb_root() { # ROOT [PACKAGE...]
    root=$1
    shift
    make_root "$root"
    mkdir -p "$root/root/deb"
    cp "$packages"/*.deb "$root/root/deb/"
    cp tests/deb/*.sh "$root/root/deb/"
    cp -r fixtures/panel.json fixtures/actions.csv fixtures/responses.csv fixtures/expected docs/OPERATING.md "$root/root/deb/"
    # Asked nothing, and taking no more than is needed, which is what was downloaded.
    printf 'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n' >"$root/etc/apt/apt.conf.d/95test"
    make_next "$root/root/deb/next" || fail "no packages of a next version could be made"
    # shellcheck disable=SC2016  # for the shell within
    enter "$root" sh -c 'export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -q install systemd-sysv dbus "$@" \
        && apt-get -q install --download-only /root/deb/*.deb' sh "$@" \
        >"$root.log" 2>&1 </dev/null || fail "no root could be made: $(tail -n 3 "$root.log")"
}

# The same packages with a version that comes after.
make_next() { # FOLDER
    mkdir -p "$1"
    for package in "$packages"/burgerpanel_*.deb "$packages"/burgerpanel-collector_*.deb; do
        dpkg-deb -R "$package" "$work/next" && sed -i '/^Version: /s/$/.1/' "$work/next/DEBIAN/control" &&
            dpkg-deb --root-owner-group -b "$work/next" "$1" || return 1
        rm -rf "$work/next"
    done >/dev/null
}

# The control groups of what is booted are a branch of this machine's, which goes with it.
boot() { # ROOT
    mkdir -p "$work/groups"
    mountpoint -q "$work/groups" || mount -t cgroup2 cgroup2 "$work/groups" || fail "control groups (cgroup2) can't be had here"
    group=$work/groups/deb-test-$$
    mkdir "$group" || fail "no control group could be made"
    (echo 0 >"$group/cgroup.procs" && exec unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child \
        tests/deb/boot.sh "$1") >"$1.boot" 2>&1 &
    entered=$!
    tries=0
    until init=$(cat "/proc/$entered/task/$entered/children" 2>/dev/null) && [ -n "$init" ] &&
        within systemctl is-system-running 2>/dev/null | grep -qx 'running\|degraded'; do
        tries=$((tries + 1))
        [ "$tries" -le 300 ] && kill -0 "$entered" 2>/dev/null || fail "systemd did not boot: $(tail -n 3 "$1.boot")"
        sleep 0.2
    done
}

within() { # COMMAND...
    # shellcheck disable=SC2086  # one number, with a space behind it
    nsenter -t ${init% } --all env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

end() {
    kill -KILL "$entered"
    wait "$entered" 2>/dev/null
    entered=
    tries=0
    until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || [ "$tries" -ge 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    umount "$work/groups"
}

# Steps that another shell has made and printed.
count_steps() { # FILE
    passed=$((passed + $(grep -c '^ok ' "$1")))
    wrong=$(grep -c '^FAIL ' "$1")
    if ! grep -qx 'all steps were made' "$1"; then
        echo 'FAIL  broke off'
        wrong=$((wrong + 1))
    fi
    failed=$((failed + wrong))
    [ "$wrong" -eq 0 ]
}

run_within() { # ROOT SCRIPT
    boot "$1"
    within /root/deb/"$2" | tee "$1.steps"
    end
    if count_steps "$1.steps"; then remove_root "$1"; else echo "what is wrong can be looked at in $1"; fi
}

live_through_it() {
    make_deb_root "$work/life"
    run_within "$work/life" life.sh
}

# The version of before is built there, from this tree's history, with what its own manual says of unit and settings.
go_on_from_old() {
    git cat-file -e "$OLD^{commit}" 2>/dev/null || fail "version 0.1.0, commit $OLD, is not in this clone's history"
    make_deb_root "$work/old" adduser
    git clone -q . "$work/old/root/0.1.0" && git -C "$work/old/root/0.1.0" checkout -q "$OLD" || fail "0.1.0 could not be cloned"
    enter "$work/old" make -C /root/0.1.0 all install PREFIX=/usr/local >>"$work/old.log" 2>&1 </dev/null ||
        fail "0.1.0 could not be built: $(tail -n 3 "$work/old.log")"
    run_within "$work/old" old.sh
}

contain() {
    make_root "$work/slim"
    tar -C "$work/slim" -cf "$work/slim.tar" . && remove_root "$work/slim" || fail "no base could be made"
    WORK=$work/container tests/deb/container.sh "$work/slim.tar" "$build" | tee "$work/container.steps"
    rm -f "$work/slim.tar"
    count_steps "$work/container.steps" || :
}

need_base
ls "$packages"/burgerpanel-collector_*.deb >/dev/null 2>&1 || fail "make deb comes first"
[ $# -gt 0 ] || set -- made life old container
for stage in "$@"; do
    case $stage in
    made) look_at_made ;;
    life) live_through_it ;;
    old) go_on_from_old ;;
    container) contain ;;
    *) fail "no stage is called '$stage'" ;;
    esac
done
mkdir -p "$build/results"
echo "$passed $failed 0" >"$build/results/deb.tally"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
