#!/bin/sh
# Puts the linter of the API's description under $BUILD/spectral, with what checks JSON by a schema: from npm, each package
# held to the hash in package-lock.json. Nothing when it is there.
# Usage: BUILD=build tests/spectral/install.sh
set -u
cd "$(dirname "$0")/../.." || exit 1

work=${BUILD:-build}/spectral
mkdir -p "$work"

# Installed anew when the lock has changed, and never half: the stamp comes last.
cmp -s tests/spectral/package-lock.json "$work/installed.json" && exit
rm -rf "$work/node_modules" "$work/installed.json"
cp tests/spectral/package.json tests/spectral/package-lock.json "$work/" || exit 1
if ! npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/npm.log" 2>&1; then
    cat "$work/npm.log"
    echo "tests/spectral/install.sh:1: error: the linter could not be installed from npm"
    exit 1
fi
cp tests/spectral/package-lock.json "$work/installed.json"
