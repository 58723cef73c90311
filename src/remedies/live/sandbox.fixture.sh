#!/bin/sh
# A small host of its own: namespaces whose files lie in memory over the machine's, gone with the process that asked for it.
# Usage, inside new mount, pid, network, uts and ipc namespaces: sandbox.fixture.sh EMPTY_FOLDER PROJECT [systemd]
# PROJECT, the checkout that is tested, is there wherever it lies, to be read.
# With systemd (in a new cgroup namespace, too) it is the init; of its units only those that are asked for are started.
set -eu
base=$1 project=$2 init=${3:-plain}
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
mkdir -p ".$project"
mount --bind "$project" ".$project"
mount -o remount,bind,ro ".$project"
mkdir -p run/lock run/mysqld run/php var/log/apache2 var/log/nginx var/log/mysql
chmod 1777 run/lock
chown mysql:root run/mysqld
chown mysql:adm var/log/mysql
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  : >dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
if [ "$init" = systemd ]; then
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
  else
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
  fi
fi
mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
rmdir /.before
ip link set lo up
hostname sandbox
if [ "$init" = systemd ]; then
  echo 0123456789abcdef0123456789abcdef >/etc/machine-id
  rm -rf /etc/systemd/system/*.wants
  echo ready
  exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=basic.target --show-status=no --log-target=null
fi
echo ready
# An init must bury what is left to it.
while :; do sleep 0.5; done
