#!/bin/sh
# Copies of the whole cluster, for scripts/calminer point-in-time; runs in the image of the database, as its user.
#
#   make STAMP            copy the running cluster, compare the copy with its checksums, thin out; says its size [kB]
#   list                  every whole copy and the moment from which on it can be restored
#   find MOMENT           the newest copy that was whole before it
#   unfold BASE MOMENT    onto an empty volume, with what PostgreSQL has to do before it serves
set -eu
umask 027

: "${BACKUPS:=/backups}"

make() {
    PGPASSWORD=$(cat /run/secrets/database_password)
    export PGPASSWORD PGHOST=127.0.0.1 PGUSER="$POSTGRES_USER"
    cluster=$(pg_controldata | sed -n 's/^Database system identifier: *//p')
    folder=$BACKUPS/base/${cluster:?}
    mkdir -p "$folder"
    rm -rf "$folder"/*.unfinished
    new=$folder/$1.unfinished
    pg_basebackup --no-password --pgdata "$new" --format tar --gzip --wal-method none --checkpoint fast >&2
    pg_verifybackup --quiet --no-parse-wal "$new" >&2
    date -u +%Y%m%dT%H%M%SZ >"$new/whole"
    mv "$new" "$folder/$1"
    thin
    du -sk "$folder/$1" | cut -f 1
}

# The two newest copies stay, and the log since the older one.
thin() {
    find "$folder" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +3 | while read -r old; do rm -rf "$old"; done
    oldest=$(find "$folder" -mindepth 1 -maxdepth 1 -type d | sort | head -n 1)
    from=$(tar -xzOf "$oldest/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION.*(file \(.*\))$/\1/p')
    pg_archivecleanup -x .gz "$BACKUPS/wal/$cluster" "$from" >&2
}

list() {
    for whole in "$BACKUPS"/base/*/*/whole; do
        [ -e "$whole" ] || continue
        printf '%s %s\n' "$(cat "$whole")" "${whole%/whole}"
    done | sort
}

find_base() {
    moment=$(date -u -d "$1" +%Y%m%dT%H%M%SZ)
    list | awk -v moment="$moment" '$1 <= moment { found = $2 } END { print found }'
}

unfold() {
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA"
    tar -xzf "$1/base.tar.gz" -C "$PGDATA"
    log=$BACKUPS/wal/$(basename "$(dirname "$1")")
    printf "restore_command = 'test -e %s/%%f.gz && gunzip -c %s/%%f.gz >%%p'\n" "$log" "$log" >>"$PGDATA/postgresql.auto.conf"
    printf "recovery_target_time = '%s'\nrecovery_target_action = 'promote'\n" "$2" >>"$PGDATA/postgresql.auto.conf"
    touch "$PGDATA/recovery.signal"
}

verb=$1
shift
case $verb in
    find) find_base "$@" ;;
    make | list | unfold) "$verb" "$@" ;;
    *) printf 'base.sh: there is no verb %s\n' "$verb" >&2; exit 64 ;;
esac
