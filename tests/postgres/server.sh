#!/bin/sh
# Runs a command beside a PostgreSQL of its own, thrown away afterwards: in a folder of system user postgres, in memory
# where there is room, reached by a socket in it and by nothing else. KIT_STORE tells the command where it is.
# Usage: tests/postgres/server.sh COMMAND [ARGUMENT...]    POSTGRES_BIN: where its programs are
#                                                          POSTGRES_HOME: where its folder is to be, whatever room there is
set -u

fail() {
    echo "$0: $1" >&2
    exit 1
}

bin=${POSTGRES_BIN:-$(find /usr/lib/postgresql/*/bin -name postgres -printf '%h\n' 2>/dev/null | sort -V | tail -1)}
[ -x "$bin/initdb" ] || fail 'PostgreSQL is not installed'
home=${TMPDIR:-/tmp}
[ -d /dev/shm ] && [ "$(df -k --output=avail /dev/shm | tail -1)" -gt 2000000 ] && home=/dev/shm
home=${POSTGRES_HOME:-$home}
folder=$(mktemp -d "$home/burgerpanel-pg-XXXXXX") || exit 1

# initdb refuses root; who is not root is the owner.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# The server's first line in its file is the process that all others are children of.
finish() {
    [ -s "$folder/data/postmaster.pid" ] && kill -QUIT "$(head -1 "$folder/data/postmaster.pid")" 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$folder/data/postmaster.pid" ] || break
        sleep 0.1
    done
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" -ne 0 ] || chown postgres "$folder"
cd "$folder" || exit 1
as_owner "$bin/initdb" -N --no-locale -E UTF8 --auth=trust -U postgres -D "$folder/data" >"$folder/log" 2>&1 ||
    fail "$(cat "$folder"/log "$folder"/server 2>/dev/null)"
as_owner "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=200" start >/dev/null ||
    fail "$(cat "$folder"/log "$folder"/server 2>/dev/null)"
cd - >/dev/null || exit 1
export KIT_STORE="postgresql:///postgres?host=$folder&user=postgres"
"$@"
