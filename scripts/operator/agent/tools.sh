#!/bin/sh
# Runs PostgreSQL's own programs for the backup service, in the image of the database server, so that the dump
# is made by the server's own version. Takes one request at a time from SPOOL: NUMBER VERB WORDS...
#
#   dump SET SNAPSHOT            the live database, as the snapshot sees it, into BACKUPS/sets/SET.unfinished
#   restore SET live|scratch DB  a set into an empty database of the live or the scratch server
set -eu

: "${BACKUPS:=/backups}" "${SPOOL:=$BACKUPS/.spool/tools}" "${POLL:=1}" "${JOBS:=2}"
export PGHOST="${DATABASE_HOST:?}" PGPORT="${DATABASE_PORT:-5432}" PGUSER="${DATABASE_USER:-calminer}"
export PGDATABASE="${DATABASE_NAME:-calminer}" PGSSLMODE="${DATABASE_SSLMODE:-prefer}" PGAPPNAME='calminer backup'
if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then DATABASE_PASSWORD=$(cat "$DATABASE_PASSWORD_FILE"); fi
export PGPASSWORD="${DATABASE_PASSWORD:-}"
umask 027
mkdir -p "$SPOOL"
child=

dump() {
    pg_dump --version
    exec pg_dump --format=custom --no-owner --no-privileges --lock-wait-timeout=60s --no-password \
        --snapshot="$2" --file="$BACKUPS/sets/$1.unfinished/database.dump"
}

restore() {
    if [ "$2" = scratch ]; then
        export PGHOST="${SCRATCH_HOST:?}" PGPORT="${SCRATCH_PORT:-5432}"
    fi
    exec pg_restore --exit-on-error --no-owner --no-privileges --no-password --jobs="$JOBS" \
        --dbname="$3" "$BACKUPS/sets/$1/database.dump"
}

answer() { # NUMBER CODE
    printf '%s\n' "$2" >"$SPOOL/answer.new"
    mv "$SPOOL/answer.new" "$SPOOL/answer-$1"
    rm -f "$SPOOL/running"
}

# Asked for by `trap`, which shellcheck does not follow.
# shellcheck disable=SC2329
leave() {
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    exit 143
}
trap leave TERM INT

work() { # NUMBER VERB WORDS...
    number=$1
    shift
    case $1 in
        dump | restore) ("$@") >"$SPOOL/said-$number" 2>&1 & ;;
        *) printf 'there is no verb %s\n' "$1" >"$SPOOL/said-$number"; answer "$number" 64; return ;;
    esac
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        touch "$SPOOL/alive"
        sleep 0.1
    done
    code=0
    wait "$child" || code=$?
    child=
    answer "$number" "$code"
}

# Whoever ran before us was killed in the middle of this.
if [ -e "$SPOOL/running" ]; then
    read -r number rest <"$SPOOL/running" || true
    printf 'interrupted: %s\n' "$rest" >"$SPOOL/said-$number"
    answer "$number" 137
fi

while :; do
    touch "$SPOOL/alive"
    if mv "$SPOOL/request" "$SPOOL/running" 2>/dev/null; then
        read -r line <"$SPOOL/running"
        # The words are plain; see app/operate/backup/agent.py.
        # shellcheck disable=SC2086
        work $line
    fi
    sleep "$POLL"
done
