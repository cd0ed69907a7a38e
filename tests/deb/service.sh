# shellcheck shell=sh
# Sourced within a booted root: the service as whoever runs it sees it, by what OPERATING says.

collector() { # VERB...
    (cd /srv/panel && runuser -u burgerpanel -- burgerpanel-collector "$@" --config /etc/burgerpanel.ini)
}

# The first indented block behind a line of a manual, as whoever reads it would type it over.
copy_block() { # LINE MANUAL
    sed -n "/^$1/,\$p" "$2" | sed -n '/^    /,/^[^ ]/p' | sed -n -e '/^[^ ]/q' -e 's/^    //' -e p
}

# Does what today's manual says behind that line, in that folder.
follow() { # LINE FOLDER
    copy_block "$1" /root/deb/OPERATING.md >/tmp/block && grep -q . /tmp/block && (cd "$2" && sh -ex /tmp/block)
}

install_packages() { # FOLDER
    follow '## Install$' "$1"
}

show_unit() { # PROPERTY
    systemctl show -P "$1" burgerpanel
}

listens() {
    journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$(show_unit InvocationID)" | grep -q '^listening on http://127.0.0.1:8080'
}

serves() {
    systemctl --quiet is-active burgerpanel && await listens
}

put_files_there() {
    install -d -o burgerpanel -g burgerpanel -m 700 /srv/panel &&
        install -o burgerpanel -g burgerpanel -m 600 "$1/panel.json" "$1/actions.csv" /srv/panel
}

send_forms() { # RESPONSES
    burgerpanel batch http://127.0.0.1:8080 --invitations /srv/panel/invitations.csv --responses "$1" --homes /root/homes
}

# Of all members who are there, as many as must be: none is lost, and each still holds.
count_receipts() { # NUMBER
    receipts=0
    for home in /root/homes/*/; do
        told=$(burgerpanel receipts verify --home "$home" 2>&1) || { echo "$home: $told"; return 1; }
        count=$(printf '%s\n' "$told" | sed -n 's/^\([0-9]*\) receipts hold\.$/\1/p')
        receipts=$((receipts + ${count:-0}))
    done
    echo "$receipts receipts hold"
    [ "$receipts" -eq "$1" ]
}

mode_of() { # PATH MODE
    [ "$(stat -c '%U:%G %a' "$1")" = "burgerpanel:burgerpanel $2" ] || { stat "$1"; return 1; }
}
