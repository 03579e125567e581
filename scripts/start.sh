#!/bin/sh
# Start CalMiner from a fresh checkout: install, start a database, set it up, serve. Stop with Ctrl-C.
set -eu

usage() {
    cat <<'TEXT'
Usage: sh scripts/start.sh [--port N] [--host ADDRESS] [--fresh]

  --port N   serve on http://127.0.0.1:N instead of port 8000
  --host A   listen on address A instead of this machine alone; people then sign in over HTTPS only,
             so a proxy that ends TLS has to stand in front
  --fresh    delete the embedded database first and begin with new demo projects
  --help     show this text

Without DATABASE_HOST, a PostgreSQL 18 server of this checkout's own is used; its data is kept in
.calminer/postgres between starts. With DATABASE_HOST (and DATABASE_PORT, _USER, _PASSWORD, _NAME)
set, that server is used instead.
TEXT
}

started=$(date +%s)
port=8000
host=127.0.0.1
fresh=
while [ $# -gt 0 ]; do
    case $1 in
        --port) port=${2:-}; shift ;;
        --port=*) port=${1#--port=} ;;
        --host) host=${2:-}; shift ;;
        --host=*) host=${1#--host=} ;;
        --fresh) fresh=--fresh ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    [ $# -gt 0 ] && shift
done

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh

case $port in
    '' | *[!0-9]*) fail "--port needs a number, not '$port'." ;;
esac
case $host in
    '' | -*) fail "--host needs an address, not '$host'." ;;
esac

require_writable
install start --extra embedded
build_kernel
exec .venv/bin/python scripts/serve_here.py --host "$host" --port "$port" --started "$started" $fresh
