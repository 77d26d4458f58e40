#!/bin/sh
# The first process of a guest: runs its part of the tests, prints how they ended, and switches the machine off.
# Lines that begin with "forkless-guest:" are for test/arm64/guest.mjs.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec </dev/null >/dev/console 2>&1
mkdir /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo +pids >/sys/fs/cgroup/cgroup.subtree_control
ln -s /proc/self/fd /dev/fd
busybox ip link set lo up
echo 'forkless-guest: up'
ulimit -Hn 1048576
ulimit -Sn 1048576

cd /forkless || exit
export HOME=/root NO_COLOR=1 CI=true
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
part=$(sed -n 's/.*forkless\.part=\([0-9]*\).*/\1/p' /proc/cmdline)
# A session without a terminal. Orphans become children of this shell, which is not itself under test.
setsid --wait bash "/parts/$part"
echo "forkless-guest: exit $?"
# Not by echo, which would make line breaks of the \n in the reasons of failures.
[ -f /figures.json ] && printf 'forkless-guest: figures %s\n' "$(cat /figures.json)"
busybox poweroff -f
