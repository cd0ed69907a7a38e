#!/bin/sh
# Goal: a collector that was installed by apt is run by what the manual says, upgraded under its members, removed, and purged, and what
# members answered is never gone but by a yes. Runs within a root that tests/deb/run.sh has booted.
set -u
. /root/deb/steps.sh
. /root/deb/service.sh

has_user() {
    getent passwd burgerpanel | grep -q ':/var/lib/burgerpanel:/usr/sbin/nologin$'
}

waits_for_panel() {
    systemctl --quiet is-enabled burgerpanel && [ "$(show_unit ActiveState) $(show_unit Result)" = 'inactive success' ] &&
        [ "$(show_unit ConditionResult)" = no ]
}

# What stands in Debian's own units is not ours to mend.
verify_unit() {
    ! systemd-analyze verify burgerpanel.service 2>&1 | grep -F burgerpanel
}

# Debian's users look there first.
says_the_same() {
    said=$(copy_block 'burgerpanel-collector for Debian' /usr/share/doc/burgerpanel-collector/README.Debian)
    [ -n "$said" ] && [ "$said" = "$(copy_block '## First start' /root/deb/OPERATING.md)" ]
}

reload() {
    before=$(show_unit MainPID)
    systemctl reload burgerpanel && [ "$(show_unit MainPID)" -eq "$before" ] && serves
}

# A member's own way, beside the desk's: enrolled, answered, and shown how it stands.
member() { # VERB...
    burgerpanel "$@" --home /root/member
}

enrol_member() {
    code=$(sed -n 's/^61,\([^,\r]*\).*/\1/p' /srv/panel/invitations.csv)
    member enrol http://127.0.0.1:8080 "$code" --yes && member respond WA-1.03 importance=4 noticed=yes satisfaction=3
}

release() {
    collector release create round-1 && collector export --round round-1 --out tables
}

compare_tables() {
    compared=0
    for table in summary questions options; do
        cmp "/srv/panel/tables/$table.csv" "/root/deb/expected/release/$table.csv" || return 1
        compared=$((compared + 1))
    done
    [ "$compared" -eq 3 ]
}

verify_release() {
    key=$(sed -n 's/.*"log":{"key":"\([^"]*\)".*/\1/p' /srv/panel/tables/datapackage.json) &&
        collector release verify tables --key "$key"
}

upgrade() {
    before=$(show_unit MainPID)
    echo ';a line of the operator' >>/etc/burgerpanel.ini
    install_packages /root/deb/next && [ "$(show_unit MainPID)" -ne "$before" ] && serves
}

keeps_settings() {
    grep -qx ';a line of the operator' /etc/burgerpanel.ini
}

remove_packages() { # remove|purge
    apt-get -q "$1" burgerpanel burgerpanel-collector
}

has_stopped() {
    must_fail systemctl --quiet is-active burgerpanel && must_fail pgrep_collector
}

pgrep_collector() {
    grep -lsx burgerpanel-col /proc/[0-9]*/comm
}

keeps_data() {
    [ -s /var/lib/burgerpanel/burgerpanel.db ] && [ -s /var/lib/burgerpanel/burgerpanel.db.log-key ] && mode_of /var/lib/burgerpanel 700
}

has_no_programs() {
    must_fail command -v burgerpanel-collector && must_fail command -v burgerpanel && [ ! -e /lib/systemd/system/burgerpanel.service ]
}

has_no_settings() {
    [ ! -e /etc/burgerpanel.ini ] && [ -z "$(find /etc/systemd /var/lib/systemd -name '*burgerpanel*')" ]
}

# Asked at a terminal, and answered there once it asks.
purge_asked() { # ANSWER
    rm -f /tmp/answer && mkfifo /tmp/answer
    DEBIAN_FRONTEND=teletype timeout 60 script -qec 'apt-get -q purge burgerpanel-collector' /dev/null </tmp/answer >/tmp/asked &
    asking=$!
    exec 3>/tmp/answer
    await grep -qF 'Delete what members answered, with the keys? [yes/no]' /tmp/asked && printf '%s\n' "$1" >&3
    wait "$asking"
}

purge_told() {
    follow '\*\*Another version' /root && apt-get -q purge burgerpanel
}

has_nothing_left() {
    left=$(find / -xdev -name '*burgerpanel*' ! -path '/root/*' ! -path '/var/cache/apt/*')
    echo "$left"
    [ -z "$left" ]
}

step "the packages are installed from themselves and Debian's own alone" install_packages /root/deb
step "the user burgerpanel is there, and can't log in" has_user
step "its folder is open to nobody else" mode_of /var/lib/burgerpanel 700
step "the service is enabled, waits for a panel, and has not failed" waits_for_panel
step "README.Debian has it started as the manual does" says_the_same
step "systemd finds nothing to say of the unit" verify_unit
put_files_there /root/deb
step "a panel and its actions are imported, and the service started" follow '## First start' /srv/panel
step "it serves" serves
step "invitations are made beside it" collector invitations create 61 --out invitations.csv
step "it takes a reload, and stays the same process" reload
step "60 members' forms are entered with the client" send_forms /root/deb/responses.csv
step "a release is made and written out" release
step "its tables are those that were worked out otherwise" compare_tables
step "they verify by the log's key" verify_release
step "a member enrols and answers" enrol_member
step "the log and all that rests on it is audited" collector audit
step "the next version is installed: the service is another process, and serves" upgrade
step "what the operator wrote into the settings stands" keeps_settings
step "each receipt of before holds" count_receipts 986
step "the log is audited by the new version" collector audit
step "the packages are removed" remove_packages remove
step "the service has ended" has_stopped
step "programs and unit are gone" has_no_programs
step "store, keys and settings are there" keeps_data
step "the settings too" keeps_settings
step "installed again" install_packages /root/deb/next
step "it goes on by itself, with the store that is there" serves
step "each receipt still holds" count_receipts 986
step "purged where nobody can be asked" remove_packages purge
step "settings are gone" has_no_settings
step "what members answered is there" keeps_data
step "installed once more" install_packages /root/deb/next
step "and served again" serves
step "purged at a terminal, which asks, and is told no" purge_asked no
step "what members answered is still there" keeps_data
step "installed for the last time" install_packages /root/deb/next
step "purged where yes was said beforehand" purge_told
step "nothing is left" has_nothing_left
echo 'all steps were made'
