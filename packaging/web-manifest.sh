#!/bin/sh
# The manifest of the pages, worked out from the sources by what every Debian has: what a collector that was built from
# them shows at /web/manifest.
# Usage: packaging/web-manifest.sh [FALLBACK] [THEME]    FALLBACK: nacl-fast.min.js as built; THEME: the file of web_theme
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

put_line() { # FILE PATH
    hash=$(sha256sum <"$1" | cut -d ' ' -f 1 | tr a-f A-F | basenc --base16 --decode | basenc --base64url | tr -d =)
    printf '%s %s\n' "$hash" "$2"
}

{
    [ -z "${1:-}" ] || put_line "$1" nacl-fast.min.js
    find web -type f ! -name package.json | while read -r file; do
        path=${file#web/}
        [ "$path" = theme.css ] && [ -n "${2:-}" ] && file=$2
        put_line "$file" "$path"
    done
} | sort -k 2
