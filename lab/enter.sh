#!/bin/sh
# Runs a program in control groups and namespaces. Usage: enter.sh [PROCS_FILE...] -- PROGRAM...   (mostly nsenter and its own)
while [ "$1" != -- ]; do
  echo 0 >"$1" || exit 125
  shift
done
shift
exec "$@"
