#!/bin/sh
# Runs a program in control groups and namespaces. Usage: enter.sh [badness=N] [PROCS_FILE...] -- PROGRAM...   (mostly nsenter and its own)
while [ "$1" != -- ]; do
  case $1 in
    badness=*) echo "${1#badness=}" >/proc/self/oom_score_adj || exit 125 ;;
    *) echo 0 >"$1" || exit 125 ;;
  esac
  shift
done
shift
exec "$@"
