# shellcheck shell=sh
# Back to any moment: a copy of the whole cluster and the log of every change since.

# `message` is printed by the way out of every command.
# shellcheck disable=SC2034

help() {
    cat <<'TEXT'
Usage: scripts/calminer point-in-time base
       scripts/calminer point-in-time list
       scripts/calminer point-in-time restore 'YYYY-MM-DD HH:MM:SS+00' --yes

Besides backups, for a database on this host. With WAL_ARCHIVE=on in the settings (then scripts/calminer up) PostgreSQL
keeps its log in the folder of backups, each piece at the latest after WAL_ARCHIVE_SECONDS. `base` copies the running
cluster and keeps the two newest copies with the log since the older one. `restore` brings the newest copy before a
moment onto a new volume, replays the log up to that moment, and starts the application on it; the old volume is not
written to. Whatever fails, the old volume serves again (exit code 6).
TEXT
}

run() {
    verb=${1:-} moment='' yes=
    [ $# -eq 0 ] || shift
    for argument; do
        case $argument in
            --yes) yes=yes ;;
            -*) usage_error "point-in-time does not know '$argument'." ;;
            *) moment=$argument ;;
        esac
    done
    require_env_file
    require_engine
    profile_is_on local-db || fail "$REFUSED" 'the database does not run on this host.' \
        'A managed database has a restore to a point in time of its own.'
    case $verb in
        base) make_base ;;
        list) list_bases ;;
        restore) restore_moment ;;
        *) usage_error 'point-in-time understands base, list and restore.' ;;
    esac
}

# scripts/operator/agent/base.sh in the database's image as its user, without a server.
beside_database() { # VOLUME VERB [ARGUMENT...]
    volume=$1
    shift
    docker run --rm --init --network none --user 999:999 --volume "$volume:/var/lib/postgresql" \
        --volume "$(backups_folder):/backups" --volume "$operator/agent:/agent:ro" --entrypoint sh \
        "$(postgres_image)" /agent/base.sh "$@"
}

ask_database() { # STATEMENT
    compose exec --no-TTY postgres psql -h 127.0.0.1 -U "$(setting DATABASE_USER calminer)" -d postgres -Atc "$1" 2>/dev/null
}

make_base() {
    hold_lock
    work_folder
    start_database
    [ "$(ask_database 'SHOW archive_mode')" = on ] || fail "$REFUSED" 'PostgreSQL does not keep its log.' \
        'Set WAL_ARCHIVE=on in the settings, then: scripts/calminer up'
    stamp=$(date -u +%Y%m%dT%H%M%SZ)
    began=$(date +%s)
    compose exec --no-TTY postgres sh /agent/base.sh make "$stamp" >"$work/size" 2>"$work/errors" \
        || fail "$FAILED" 'the cluster was not copied.' "$(tail -n 3 "$work/errors")"
    fact base "$stamp"
    fact_raw kilobytes "$(cat "$work/size")"
    fact_raw seconds "$(($(date +%s) - began))"
    message="the copy $stamp is whole; every moment from now on can be restored."
    say "$message"
}

list_bases() {
    require_image "$(postgres_image)"
    bases=$(beside_database "$(postgres_volume)" list)
    fact bases "$bases"
    message="${bases:-no copy of the cluster is there: scripts/calminer point-in-time base}"
    say "$message"
}

restore_moment() {
    [ -n "$moment" ] || usage_error "point-in-time restore needs a moment: 'YYYY-MM-DD HH:MM:SS+00'."
    hold_lock
    work_folder
    require_image "$(postgres_image)"
    old_volume=$(postgres_volume)
    base=$(beside_database "$old_volume" find "$moment" 2>"$work/errors") \
        || fail "$REFUSED" "'$moment' is no moment: $(tail -n 1 "$work/errors")"
    [ -n "$base" ] || fail "$REFUSED" "no copy of the cluster is from before $moment." \
        'Those that are there: scripts/calminer point-in-time list'
    [ -n "$yes" ] || fail "$REFUSED" "what was entered after $moment would not be there." \
        "Say so: scripts/calminer point-in-time restore '$moment' --yes"
    began=$(date +%s)
    new_volume="${old_volume%%_at_*}_at_$(date -u +%Y%m%dT%H%M%SZ)"
    fact old_volume "$old_volume"
    fact new_volume "$new_volume"
    changed=yes
    compose --profile '*' stop api api-next worker backup >&2 2>/dev/null || true
    # A database that stops in peace leaves its last piece of log in the archive.
    compose --profile '*' rm --stop --force postgres >&2 2>/dev/null || true
    replay
    fact_raw seconds "$(($(date +%s) - began))"
    message="the database is as it was at $moment, on $new_volume."
    say "$message The old volume is as it was: docker volume rm $old_volume, when nobody needs it any more." \
        'Make a new copy now: scripts/calminer point-in-time base'
}

interrupted() {
    if [ -n "${changed:-}" ]; then undo 'interrupted.'; fi
    message='interrupted.'
    exit "$FAILED"
}

replay() {
    docker volume create --label org.calminer.data=keep "$new_volume" >/dev/null
    as_root "$new_volume" 'chown 999:999 /target && chmod 0700 /target'
    beside_database "$new_volume" unfold "$base" "$moment" 2>"$work/errors" \
        || undo "the copy was not unpacked: $(tail -n 1 "$work/errors")"
    name_in_settings POSTGRES_VOLUME "$new_volume"
    compose up --detach postgres >&2 || undo 'PostgreSQL did not start.'
    await_promotion || undo "the log was not replayed: $(why_it_ended)"
    compose up --detach --wait --wait-timeout 180 >&2 || undo 'not every container came up.'
    wait_until_service_ready api 60 || undo "not ready: $reason"
}

# What ended it, not whom it turned away while it was starting.
why_it_ended() {
    compose logs --no-log-prefix --tail 40 postgres | sed -n '/system is starting up/d; /not yet accepting/d; s/^.*FATAL: *//p' | tail -n 1
}

# Until it writes again, or ended: a log that does not reach the moment is an error to PostgreSQL.
await_promotion() {
    end=$(($(date +%s) + ${REPLAY_SECONDS:-3600}))
    while [ "$(date +%s)" -lt "$end" ]; do
        [ "$(ask_database 'SELECT pg_is_in_recovery()')" != f ] || return 0
        id=$(compose ps --all --quiet postgres)
        [ "$(docker inspect --format '{{.RestartCount}}' "$id")" = 0 ] || return 1
        sleep 1
    done
    return 1
}

undo() { # REASON
    trap '' INT TERM HUP
    compose --profile '*' rm --stop --force api worker postgres >/dev/null 2>&1 || true
    name_in_settings POSTGRES_VOLUME "$old_volume"
    compose up --detach --wait --wait-timeout 180 >&2 || true
    wait_until_service_ready api 60 || warn "the old one is not ready either: $reason"
    fail "$ROLLED_BACK" "$1" "$old_volume serves again. What $new_volume holds is of no use any more."
}
