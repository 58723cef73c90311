#!/bin/sh
# Gives the server a file system of its own: what it writes lies in memory over the machine's files, and is gone with it.
# Runs in the server's namespaces while their root is still the machine's.
# Usage: server-root.sh FOLDER HOSTNAME DATABASE_MB CGROUPS BIND...   FOLDER: any empty folder; BIND: folders seen as they are
set -eu
base=$1 hostname=$2 database_mb=$3 cgroups=$4
shift 4

mount --make-rprivate /
mount -t tmpfs -o mode=755 seawall-lab "$base"
mkdir "$base/upper" "$base/work" "$base/root"
root=$base/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/run/lock" "$root/run/mysqld" "$root/run/php" && chmod 1777 "$root/run/lock"
chown mysql:root "$root/run/mysqld" && chown www-data:www-data "$root/run/php"

# Volumes of their own, so that one of them can run full.
mount -t tmpfs -o mode=755 tmpfs "$root/var/log"
mount -t tmpfs -o "mode=755,size=${database_mb}m" tmpfs "$root/var/lib/mysql"
chown mysql:mysql "$root/var/lib/mysql"

# Settings of the kernel that are not the network's are the whole machine's: they can be read here, not set.
mkdir "$base/proc" && mount -t proc proc "$base/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --bind "$base/proc/sys/net" "$root/proc/sys/net"
umount "$base/proc"
[ ! -e "$root/proc/sysrq-trigger" ] || mount --bind /dev/null "$root/proc/sysrq-trigger"

mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

# The control groups as the server sees them: its own is the top.
if [ -d "$root/sys/fs/cgroup" ]; then
  case $cgroups in
  1)
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    for controller in memory cpuset; do
      mkdir "$root/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller" || rmdir "$root/sys/fs/cgroup/$controller"
    done
    mkdir "$root/sys/fs/cgroup/unified"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified" || rmdir "$root/sys/fs/cgroup/unified"
    ;;
  2) mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" ;;
  esac
fi

for folder; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
  mount -o remount,bind,ro "$root$folder"
done

hostname "$hostname"
cd "$root"
mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
rmdir /.before
