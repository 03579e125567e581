# shellcheck shell=sh
# Another major version of PostgreSQL, side by side: a new volume beside the old one, which stays as it is.

# `message` is printed by the way out of every command.
# shellcheck disable=SC2034

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer pg-upgrade IMAGE --yes

Stops the application, makes a verified backup with the PostgreSQL that runs now, starts IMAGE on a new volume,
restores the backup there, compares every table, and starts the application again. Whatever goes wrong, the old
PostgreSQL on the old volume serves again (exit code 6). The old volume is never written to and never deleted; the
last line names it and the command that removes it.
TEXT
}

run() {
    image='' yes=
    for argument; do
        case $argument in
            --yes) yes=yes ;;
            -*) usage_error "pg-upgrade does not know '$argument'." ;;
            *) image=$argument ;;
        esac
    done
    [ -n "$image" ] || usage_error 'pg-upgrade needs the name of an image of PostgreSQL.'
    require_env_file
    require_engine
    hold_lock
    profile_is_on local-db || fail "$REFUSED" 'the database does not run on this host.'
    require_image "$image"
    [ -n "$yes" ] || fail "$REFUSED" "the application would stop until $image holds the data." \
        "Say so: scripts/calminer pg-upgrade $image --yes"
    old_image=$(postgres_image) old_volume=$(postgres_volume)
    new_volume="${old_volume}_$(date -u +%Y%m%dT%H%M%SZ)"
    start_database
    compose --profile '*' stop api api-next worker backup >&2 2>/dev/null || true
    changed=yes
    make_last_backup
    move_over
    message="$image serves from $new_volume."
    fact old_volume "$old_volume"
    fact new_volume "$new_volume"
    say "$message The old volume is as it was: docker volume rm $old_volume, when nobody needs it any more."
}

interrupted() {
    if [ -n "${changed:-}" ]; then undo 'interrupted.'; fi
    message='interrupted.'
    exit "$FAILED"
}

make_last_backup() {
    enter_vault
    ask_vault now && code=0 || code=$?
    set=$(answered_set)
    # Whatever was started for it is of the version before.
    compose --profile backup --profile backup-copy rm --stop --force backup-scratch backup-tools backup-copy >/dev/null 2>&1 || true
    [ "$code" -eq 0 ] || [ -n "$set" ] || undo "no verified backup: $(printf '%s\n' "$answer" | head -n 1)"
    say "$answer"
}

move_over() {
    compose rm --stop --force postgres >&2 || undo 'the old PostgreSQL did not stop.'
    docker volume create --label org.calminer.data=keep "$new_volume" >/dev/null
    as_root "$new_volume" 'chown 999:999 /target && chmod 0700 /target'
    name_in_settings POSTGRES_IMAGE "$image"
    name_in_settings POSTGRES_VOLUME "$new_volume"
    compose up --detach --wait --wait-timeout 120 postgres >&2 || undo 'the new PostgreSQL did not start.'
    enter_vault
    ask_vault restore "$set" || undo "$answer"
    say "$answer"
    ask_vault discard || true
    leave_vault
    compose up --detach --wait --wait-timeout 180 >&2 || undo 'not every container came up.'
    wait_until_service_ready api 60 || undo "not ready: $reason"
}

undo() { # REASON
    trap '' INT TERM HUP
    compose --profile '*' rm --stop --force api worker postgres backup-scratch backup-tools backup-copy >/dev/null 2>&1 || true
    name_in_settings POSTGRES_IMAGE "$old_image"
    name_in_settings POSTGRES_VOLUME "$old_volume"
    compose up --detach --wait --wait-timeout 180 >&2 || true
    wait_until_service_ready api 60 || warn "the old one is not ready either: $reason"
    fail "$ROLLED_BACK" "$1" "$old_image serves again from $old_volume." "What $new_volume holds is of no use any more."
}
