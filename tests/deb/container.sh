#!/bin/sh
# Goal: the container file builds on a bare Debian, and its image serves a panel with a root that can't be written to, no rights and
# one volume; it says how it is, ends when it is asked to, and a new container goes on where the last one ended. Without a registry:
# the base is the root that is given. By podman and runc, with storage of its own. As root.
# Usage: WORK=FOLDER tests/deb/container.sh BASE.tar PROGRAMS
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/deb/steps.sh

base=$1
client=$2/burgerpanel
image=localhost/burgerpanel-collector
url=http://127.0.0.1:8080

# No more than this machine may give, which is asked of it: podman would ask for more than a container in a container may have.
engine() { # PROGRAM...
    program=$1
    shift
    "$program" --root "$WORK/images" --runroot "$WORK/run" --runtime runc "$@"
}

build_image() {
    engine podman import -q "$base" docker.io/library/debian:12-slim &&
        engine buildah build --format docker --network host --file packaging/container/Containerfile --tag "$image" .
}

show_limit() {
    awk '/^Max open files/ { print $4 ":" $5 }' /proc/self/limits
}

# How OPERATING has it run, with no network at all beyond its own loopback.
run_image() { # ARGUMENT...
    engine podman --cgroup-manager cgroupfs run --pull never --ulimit "nofile=$(show_limit)" --ulimit nproc=1000:1000 \
        --network none --read-only --read-only-tmpfs=false --cap-drop ALL --security-opt no-new-privileges --volume store:/var/lib/burgerpanel "$@"
}

refuses_without_store() {
    run_image --rm "$image" 2>&1 | grep -q 'there is no store here; `panel import` makes one'
}

import() {
    run_image --rm --interactive "$image" panel import /dev/stdin <fixtures/panel.json &&
        run_image --rm --interactive "$image" actions import /dev/stdin <fixtures/actions.csv &&
        run_image --rm "$image" invitations create 60 --out invitations.csv
}

say() { # VERB... of podman, about the container
    verb=$1
    shift
    engine podman --cgroup-manager cgroupfs "$verb" panel "$@"
}

begin() {
    run_image --detach --name panel "$image" && await listens
}

listens() {
    say logs 2>&1 | grep -q '^listening on'
}

is_healthy() {
    engine podman --cgroup-manager cgroupfs healthcheck run panel
}

writes_nowhere() {
    must_fail say exec sh -c 'echo >/x || echo >/usr/x || echo >/tmp/x' && [ "$(say exec id -u)" = 990 ]
}

# The client is this machine's, in the container's network.
send_forms() {
    nsenter --net="/proc/$(say inspect --format '{{.State.Pid}}')/ns/net" "$client" batch "$url" --invitations "$store/invitations.csv" \
        --responses fixtures/responses.csv --homes "$WORK/homes"
}

back_up() {
    say exec burgerpanel-collector backup "$1" && [ -s "$store/$1" ]
}

ends_well() {
    say stop --time 30 && [ "$(say inspect --format '{{.State.ExitCode}}')" = 0 ] && say rm
}

audit() {
    run_image --rm "$image" audit
}

clear_away() {
    say rm --force >/dev/null 2>&1
    umount "$WORK/images/overlay" 2>/dev/null
    rm -rf --one-file-system "$WORK"
}
trap clear_away EXIT
trap 'exit 1' INT TERM HUP

rm -rf "$WORK"
mkdir -p "$WORK"
step "the image is built" build_image
[ "$failed" -eq 0 ] || exit 1
step "a volume is made" engine podman volume create store
store=$(engine podman volume inspect --format '{{.Mountpoint}}' store)
step "without a panel it ends, and says what is missing" refuses_without_store
step "a panel, its actions and invitations are imported" import
step "it serves" begin
step "it says that it is well" is_healthy
step "it is not root, and can write to its volume alone" writes_nowhere
step "60 members' forms are entered" send_forms
step "a backup is made beside it" back_up first.backup
step "it ends when it is asked to, with code 0" ends_well
step "a new container goes on with the same volume" begin
step "the same forms are entered again: all are known" send_forms
step "it ends too" ends_well
step "the log is audited" audit
echo 'all steps were made'
