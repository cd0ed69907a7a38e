# shellcheck shell=sh disable=SC2154
# Sourced by who needs a bare Debian 12, with git, make and apt: roots of their own, from one base that is downloaded once, into
# $BUILD/fresh/. As root; how packages are reached is taken from this machine. MIRROR=URL: where Debian is, on a machine that isn't
# Debian 12 itself. Before: $name, of who asks.

suite=bookworm
work=${BUILD:-build}/fresh
base=$work/$suite.tar
mkdir -p "$work"
work=$(cd "$work" && pwd)

fail() {
    echo "$name: $*" >&2
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

make_root() { # ROOT
    remove_root "$1"
    mkdir "$1" && tar -C "$1" -xf "$base" || fail "no root was made"
    copy_network "$1"
}

need_base() {
    [ "$(id -u)" -eq 0 ] || fail "to be run as root"
    [ -s "$base" ] || make_base
}
