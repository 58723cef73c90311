#!/bin/sh
# A small host of its own: namespaces whose files lie in memory over the machine's, gone with the process that asked for it.
# Usage, inside new mount, pid, network and uts namespaces: sandbox.fixture.sh EMPTY_FOLDER
set -eu
base=$1
mount --make-rprivate /
mount -t tmpfs -o mode=755 seawall-sandbox "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
cd "$base/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs var/log
mkdir -p run/lock run/mysqld run/php var/log/apache2 var/log/nginx var/log/mysql
chmod 1777 run/lock
chown mysql:root run/mysqld
chown mysql:adm var/log/mysql
mount --rbind /dev dev
mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
rmdir /.before
ip link set lo up
hostname sandbox
echo ready
# An init must bury what is left to it.
while :; do sleep 0.5; done
