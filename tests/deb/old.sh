#!/bin/sh
# Goal: a collector of version 0.1.0, installed and run by what its own manual said, goes over to the packages by what today's says,
# and no answer, receipt or setting of before is lost. Runs within a root that tests/deb/run.sh has booted.
set -u
. /root/deb/steps.sh
. /root/deb/service.sh

manual=/root/0.1.0/docs/OPERATING.md

install_by_hand() {
    adduser --system --group --home /var/lib/burgerpanel burgerpanel &&
        copy_block 'A unit for systemd' "$manual" >/etc/systemd/system/burgerpanel.service &&
        copy_block '## Settings' "$manual" >/etc/burgerpanel.ini &&
        cp /etc/burgerpanel.ini /root/burgerpanel.ini && grep -q '^store = sqlite:/var/lib' /etc/burgerpanel.ini
}

start_by_hand() {
    systemctl daemon-reload && systemctl enable --now burgerpanel && serves &&
        [ "$(show_unit FragmentPath)" = /etc/systemd/system/burgerpanel.service ]
}

import() {
    collector panel import panel.json && collector actions import actions.csv && collector invitations create 61 --out invitations.csv
}

is_packaged() {
    [ "$(show_unit FragmentPath)" = /lib/systemd/system/burgerpanel.service ] && serves
}

keeps_modes() {
    mode_of /var/lib/burgerpanel 700 && mode_of /var/lib/burgerpanel/burgerpanel.db 600
}

revise() {
    home=/root/homes/1
    burgerpanel respond WA-1.03 importance=5 noticed=yes satisfaction=2 --home "$home" && burgerpanel status --home "$home"
}

[ "$(burgerpanel-collector --version)" = 'burgerpanel-collector 0.1.0' ] || exit 1
step "0.1.0 is installed as its manual says" install_by_hand
put_files_there /root/0.1.0/fixtures
step "a panel, its actions and invitations are imported by it" import
step "its service serves" start_by_hand
step "60 members' forms are entered with its client" send_forms /root/0.1.0/fixtures/responses.csv
step "it finds its log in order" collector audit
step "it is taken away, and the packages installed, as today's manual says" follow '\*\*From an installation by hand' /root/deb
step "what it had is there in a copy" test -s /root/before/burgerpanel.db
step "the packages' service serves the store that is there" is_packaged
step "settings are as they were" cmp /etc/burgerpanel.ini /root/burgerpanel.ini
step "store and folder are open to nobody else" keeps_modes
step "each of the 986 receipts that 0.1.0 gave holds" count_receipts 986
step "the log is audited by today's rules" collector audit
step "the same forms are entered again: all are known" send_forms /root/0.1.0/fixtures/responses.csv
step "and no receipt was added" count_receipts 986
step "a member of before revises an answer" revise
step "and the log has it" collector audit
echo 'all steps were made'
