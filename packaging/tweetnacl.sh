#!/bin/sh
# Puts tweetnacl's nacl-fast.min.js at OUT: from the file that is named, from where Debian's package node-tweetnacl has
# installed it, or out of that package, downloaded and not installed. Only what has the SHA-256 that is given is taken.
# Usage: packaging/tweetnacl.sh OUT SHA256 [FILE]
set -eu

out=$1
wanted=$2
installed=usr/share/nodejs/tweetnacl/nacl-fast.min.js
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT

has_hash() { # FILE
    [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$wanted" ]
}

# apt fetches as another user, which this folder is not open to, so as root it is told to stay itself.
download() {
    (cd "$work" && apt-get -q -o APT::Sandbox::User=root download node-tweetnacl) >"$work/log" 2>&1 &&
        dpkg-deb -x "$work"/node-tweetnacl_*.deb "$work/root"
}

refresh() {
    [ "$(id -u)" -eq 0 ] && apt-get -q update >"$work/log" 2>&1
}

found=${3:-}
if [ -z "$found" ]; then
    found=/$installed
    has_hash "$found" || { { download || { refresh && download; }; } && found=$work/root/$installed; } || true
fi
if ! has_hash "$found"; then
    [ ! -s "$work/log" ] || tail -n 2 "$work/log" >&2
    cat >&2 <<END
nacl-fast.min.js of tweetnacl 1.0.3 with SHA-256 $wanted is not to be had here.
It lets browsers without Ed25519 take part. One of these helps:
  install Debian's package node-tweetnacl, or make apt-get able to download it
  make TWEETNACL=FILE    where FILE is that file, fetched elsewhere
  make TWEETNACL=none    without it: such browsers are told that they can't take part
END
    exit 1
fi
cp "$found" "$work/whole"
chmod 644 "$work/whole"
mv "$work/whole" "$out"
