#!/bin/sh
# Runs a command in a root, as on a machine of its own. To be started with mounts and processes of its own, so that both
# end with it, however it ends, and nobody outside ever sees a mount below the root: who removes the root can't reach
# through one.
# Usage: unshare --mount --pid --fork --kill-child tests/fresh/enter.sh ROOT COMMAND...
set -eu

root=$1
shift
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"

# Of this machine's environment, only how the network is reached.
exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${no_proxy:+no_proxy="$no_proxy"} ${npm_config_registry:+npm_config_registry="$npm_config_registry"} \
    chroot "$root" "$@"
