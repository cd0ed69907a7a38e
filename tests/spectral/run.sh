#!/bin/sh
# Lints the API's description with the rulesets of the Dutch API Design Rules, after having seen that each finds a bad sample. The linter comes from npm, each
# package held to the hash in package-lock.json, and lies under $BUILD.
# Usage: BUILD=build tests/spectral/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
work=$build/spectral
mkdir -p "$work"

# Installed anew when the lock has changed, and never half: the stamp comes last.
if ! cmp -s tests/spectral/package-lock.json "$work/installed.json"; then
    rm -rf "$work/node_modules" "$work/installed.json"
    cp tests/spectral/package.json tests/spectral/package-lock.json "$work/" || exit 1
    if ! npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/npm.log" 2>&1; then
        cat "$work/npm.log"
        echo "tests/spectral/run.sh:1: error: the linter could not be installed from npm"
        exit 1
    fi
    cp tests/spectral/package-lock.json "$work/installed.json"
fi

lint() { # RULESET DOCUMENT
    "$work/node_modules/.bin/spectral" lint --fail-severity=error --ruleset "$1" "$2"
}

node -e 'const d = JSON.parse(require("fs").readFileSync("collector/api/openapi.json"));
delete d.info.contact; d.paths["/Bad_Path/"] = { get: { responses: { 200: { description: "" } } } };
console.log(JSON.stringify(d));' >"$work/bad.json" || exit 1

status=0
for ruleset in tests/spectral/adr-ruleset-*.yaml; do
    echo "$ruleset"
    if lint "$ruleset" "$work/bad.json" >/dev/null 2>&1; then
        echo "$ruleset:1: error: accepts the bad sample"
        status=1
    fi
    lint "$ruleset" collector/api/openapi.json || status=1
done
exit "$status"
