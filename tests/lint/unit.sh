#!/bin/sh
# The unit for systemd, as it is installed, against systemd's own judgement: no warning, and an exposure below 2.0.
# Usage: BUILD=build tests/lint/unit.sh [UNIT]
set -u
cd "$(dirname "$0")/../.." || exit 1

unit=${1:-packaging/burgerpanel.service}
work=${BUILD:-build}/lint/unit
most=2.0
rm -rf "$work"
mkdir -p "$work/bin" || exit 1
work=$(cd "$work" && pwd)
printf '#!/bin/sh\n' >"$work/bin/burgerpanel-collector"
chmod 755 "$work/bin/burgerpanel-collector"
sed -e "s|@bindir@|$work/bin|" -e 's|@sysconfdir@|/etc|' -e 's|@docdir@|/usr/share/doc/burgerpanel|' "$unit" \
    >"$work/burgerpanel.service"

# What stands in this machine's own units is not ours to mend.
systemd-analyze verify "$work/burgerpanel.service" >"$work/verify" 2>&1
said=$(grep -F "$work/burgerpanel.service" "$work/verify")
if [ -n "$said" ]; then
    echo "$said"
    exit 1
fi
level=$(systemd-analyze security --offline=true --no-pager "$work/burgerpanel.service" |
    sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
if [ -z "$level" ]; then
    echo "$unit: systemd-analyze gives no level"
    exit 1
fi
awk -v level="$level" -v most="$most" -v unit="$unit" 'BEGIN {
    if (level + 0 >= most + 0) { print unit ": exposure " level ", not below " most; exit 1 }
}'
