#!/bin/sh
# Boots a root: systemd is its first process, and all of it ends with that. To be started with mounts, processes, names, network and
# control groups of its own, so that nothing of it is seen outside, and it reaches nothing there.
# Usage: unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child tests/deb/boot.sh ROOT
set -eu

root=$1
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=755,nosuid tmpfs dev
for device in null zero full random urandom tty; do
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mkdir -p run/outside
pivot_root . run/outside
umount -l /run/outside
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /sbin/init </dev/null
