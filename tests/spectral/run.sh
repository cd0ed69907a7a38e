#!/bin/sh
# Lints the API's description with the rulesets of the Dutch API Design Rules, after having seen that each finds a bad sample.
# Usage: BUILD=build tests/spectral/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
work=$build/spectral

tests/spectral/install.sh || exit 1

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
