# shellcheck shell=sh
# Sourced within a booted root: the service as whoever runs it sees it, by what OPERATING says.

collector() { # VERB...
    (cd /srv/panel && runuser -u burgerpanel -- burgerpanel-collector "$@" --config /etc/burgerpanel.ini)
}

install_packages() { # FOLDER
    apt-get -q -y install --no-install-recommends "$1"/burgerpanel_*.deb "$1"/burgerpanel-collector_*.deb
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

import() {
    collector panel import panel.json && collector actions import actions.csv && collector invitations create 61 --out invitations.csv
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
