#!/bin/sh
# Makes Debian's packages of a tree: both programs, each with its debugging symbols, and dpkg's record of the build. Made in a copy,
# so that nothing is left in the tree, and with an environment of its own, so that whoever builds gets the same bytes.
# Usage: packaging/deb.sh OUT    the folder where they go; what is in it goes
set -eu

mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

# What git knows, and what is not yet added; outside a checkout, what the archive of the sources had.
list_files() {
    if [ -e .git ] && command -v git >/dev/null; then
        git ls-files --cached --others --exclude-standard | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
    else
        find . \( -path ./build -o -path ./.git \) -prune -o -type f -print
    fi
}

rm -rf "${out:?}"/*
source=$out/burgerpanel
mkdir "$source"
list_files | tar -cf - -T - | tar -xf - -C "$source"
cp -r packaging/debian "$source/debian"
# What is installed as it lies here bears the changelog's date, whenever the tree was unpacked.
find "$source" -exec touch -d "$(dpkg-parsechangelog -l packaging/debian/changelog -S Date)" {} +

cd "$source"
env -i PATH="$PATH" HOME="$source" LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS="parallel=$(nproc)" \
    dpkg-buildpackage --build=binary --no-sign >"$out/log" 2>&1 </dev/null || {
    tail -n 20 "$out/log"
    echo "no packages were made; all of it: $out/log" >&2
    exit 1
}
rm -rf "$source"
cd "$out"
ls -- *.deb
