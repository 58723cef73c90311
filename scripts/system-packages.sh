#!/bin/sh
# Installs the Debian packages that the system tests need, and starts none of their daemons. Run as root; repeat at will.
set -eu

packages='
  apache2
  chromium
  curl
  fonts-dejavu-core
  ipset
  iproute2
  iptables
  libapache2-mod-fcgid
  libapache2-mod-php
  mariadb-server
  nftables
  nginx-light
  openssh-client
  openssh-server
  php-cgi
  php-cli
  php-fpm
  php-mysql
  php-xml
  procps
  systemd
  tcpdump
  tini
  wordpress
  wordpress-theme-twentytwentythree
'

complain() {
  echo "system-packages: $*" >&2
  exit 1
}

missing_packages() {
  for package in $packages; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1 ||
  complain "this machine has no apt-get. Install the likes of" $packages "by its own means, or run the tests on Debian."
[ -n "$(missing_packages)" ] || exit 0
[ "$(id -u)" -eq 0 ] || complain "missing: $(missing_packages)- to install them, run: sudo scripts/system-packages.sh"

# Two runs at once would put back each other's policy.
exec 9>/run/seawall-system-packages.lock
flock 9
missing=$(missing_packages)
[ -n "$missing" ] || exit 0

# Debian's packages ask this program whether they may start their daemon; 101 says no (invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
kept=/usr/sbin/policy-rc.d.before-seawall
mark='# Written by Seawall for one installation.'

restore_policy() {
  if [ -e "$kept" ]; then
    mv -f "$kept" "$policy"
  elif grep -qsF "$mark" "$policy"; then
    rm -f "$policy"
  fi
}

restore_policy # What a run left that was killed.
trap restore_policy EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
[ ! -e "$policy" ] || mv "$policy" "$kept"
printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
echo "system-packages: installing $missing"
apt-get update -qq 9>&- || complain 'apt-get update failed: see its message above.'
# shellcheck disable=SC2086 # A list, on purpose.
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 $missing </dev/null 9>&- ||
  complain "apt-get could not install $missing: see its message above."
still=$(missing_packages)
[ -z "$still" ] || complain "still not installed: $still"
