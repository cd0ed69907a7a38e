#!/bin/sh
# Opens the tables of profile excel-nl with LibreOffice, in a Dutch setting and with formulas allowed: figures must come out as numbers, the rest as text, and
# nothing may be a formula. A sample that does hold one shows that the check can fail. On Debian: libreoffice-calc-nogui. SOFFICE says where it is.
# Usage: BUILD=build tests/excel/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
work=$build/excel
if ! soffice=$(command -v "${SOFFICE:-soffice}"); then
    echo "LibreOffice is not there: apt-get install --no-install-recommends libreoffice-calc-nogui" >&2
    exit 1
fi
rm -rf "${work:?}"
mkdir -p "$work/out"
work=$(cd "$work" && pwd)

BURGERPANEL_BUILD=$build node tests/excel/tables.mjs "$work" || exit 1
# ; as separator, UTF-8, from line 1, Dutch, special numbers known, formulas evaluated.
"$soffice" "-env:UserInstallation=file://$work/profile" --headless --infilter='CSV:59,34,76,1,,1043,false,true,,,,,true' \
    --convert-to fods --outdir "$work/out" "$work"/*.csv >"$work/soffice.log" 2>&1 </dev/null || {
    cat "$work/soffice.log"
    exit 1
}
node tests/excel/check.mjs "$work"
