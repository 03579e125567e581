#!/bin/sh
# Runs PostgreSQL's own programs for the backup service, in the image of the database server, so that the dump
# is made by the server's own version.
#
#   dump SET SNAPSHOT            the live database, as the snapshot sees it, into BACKUPS/sets/SET.unfinished
#   restore SET live|scratch DB  a set into an empty database of the live or the scratch server
set -eu

: "${BACKUPS:=/backups}" "${SPOOL:=$BACKUPS/.spool/tools}" "${JOBS:=2}"
export PGHOST="${DATABASE_HOST:?}" PGPORT="${DATABASE_PORT:-5432}" PGUSER="${DATABASE_USER:-calminer}"
export PGDATABASE="${DATABASE_NAME:-calminer}" PGSSLMODE="${DATABASE_SSLMODE:-prefer}" PGAPPNAME='calminer backup'

# Read anew for each request: the password may be changed meanwhile.
identify() {
    PGPASSWORD=${DATABASE_PASSWORD:-}
    if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then PGPASSWORD=$(cat "$DATABASE_PASSWORD_FILE"); fi
    export PGPASSWORD
}

dump() {
    identify
    pg_dump --version
    exec pg_dump --format=custom --no-owner --no-privileges --lock-wait-timeout=60s --no-password \
        --snapshot="$2" --file="$BACKUPS/sets/$1.unfinished/database.dump"
}

restore() {
    identify
    if [ "$2" = scratch ]; then
        export PGHOST="${SCRATCH_HOST:?}" PGPORT="${SCRATCH_PORT:-5432}" PGSSLMODE=prefer
    fi
    exec pg_restore --exit-on-error --no-owner --no-privileges --no-password --jobs="$JOBS" \
        --dbname="$3" "$BACKUPS/sets/$1/database.dump"
}

VERBS='dump restore'
# shellcheck source=scripts/operator/agent/loop.sh
. "$(dirname -- "$0")/loop.sh"
serve
