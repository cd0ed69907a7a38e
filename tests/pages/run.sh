#!/bin/sh
# Checks the pages: their markup, by html-validate, and what axe finds in a browser, after having seen that each finds a bad sample. Both come from npm, each
# package held to the hash in package-lock.json, and lie under $BUILD.
# Usage: BUILD=build tests/pages/run.sh markup|axe
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
work=$build/pages
mkdir -p "$work"

# Installed anew when the lock has changed, and never half: the stamp comes last.
install_tools() {
    cmp -s tests/pages/package-lock.json "$work/installed.json" && return
    rm -rf "$work/node_modules" "$work/installed.json"
    cp tests/pages/package.json tests/pages/package-lock.json "$work/" || exit 1
    if ! npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/npm.log" 2>&1; then
        cat "$work/npm.log"
        echo "tests/pages/run.sh:1: error: the tools could not be installed from npm"
        exit 1
    fi
    cp tests/pages/package-lock.json "$work/installed.json"
}

validate() { # FILE...
    "$work/node_modules/.bin/html-validate" --config tests/pages/htmlvalidate.json --formatter text "$@"
}

check_markup() {
    sed 's|<main|<main id="twice"><p id="twice"></div><main|' web/uitleg.html >"$work/bad.html"
    if validate "$work/bad.html" >/dev/null 2>&1; then
        echo "tests/pages/run.sh:1: error: accepts the bad sample"
        return 1
    fi
    validate web/*.html
}

install_tools
case ${1:-} in
markup) check_markup ;;
axe) BURGERPANEL_BUILD="$build" node tests/pages/axe.mjs "$work/node_modules/axe-core/axe.min.js" ;;
*)
    echo "usage: tests/pages/run.sh markup|axe" >&2
    exit 2
    ;;
esac
