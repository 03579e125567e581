# shellcheck shell=sh
# Another image takes over without a pause; whatever goes wrong, the one before goes on serving.

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"
# shellcheck source=scripts/operator/switch.sh
. "$operator/switch.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer upgrade IMAGE

Lock, checks, a verified backup, migration (the image before goes on serving), a trial of the new image where nobody
but us asks it, then the change of places: the second one starts, is ready, the first one leaves. Exit code 6 says
that something failed and the image before serves; the message says what.

IMAGE is a name with a tag or, better, with a digest (NAME@sha256:...). Without the profile reverse-proxy there is a
pause of seconds, because nothing stands in front of the two.
TEXT
}

run() {
    [ $# -eq 1 ] || usage_error 'upgrade needs the name of an image.'
    image=$1 changed='' set=''
    require_env_file
    require_engine
    hold_lock
    work_folder
    before=$(app_image)
    check_first
    back_up
    changed=yes
    bring_schema || undo "the migration failed: $reason"
    say 'The schema is ready; the image before still serves.'
    reason=$(try_out "$image") || undo "the new image failed its trial: $reason"
    say 'The new image passed its trial.'
    record_upgrade
    switch_to "$image" >"$work/reason" || undo "the change of places failed: $(cat "$work/reason")"
    fact image "$image"
    fact digest "$(running_image api)"
    fact set "$set"
    message="$image serves."
    say "$image serves; the backup made before it is $set. The way back: scripts/calminer rollback"
}

interrupted() {
    if [ -n "${changed:-}" ]; then undo 'interrupted.'; fi
    message='interrupted.'
    warn "$message"
    exit "$FAILED"
}

undo() { # REASON
    trap '' INT TERM HUP
    take_back "$before"
    fact image "$before"
    fail "$ROLLED_BACK" "$1" "$before serves again." ${set:+"The backup made before: $set"}
}

check_first() {
    require_image "$image"
    [ -n "$(running api)" ] || fail "$REFUSED" 'nothing runs that could be upgraded.' \
        'Set CALMINER_IMAGE in the settings, then: scripts/calminer migrate and scripts/calminer up'
    remove_second
    undrain api
    reason=$(why_not_ready)
    [ -z "$reason" ] || fail "$REFUSED" "what runs now is not well: $reason" 'Mend that first.'
    docker run --rm --interactive --init --network none --read-only --tmpfs /tmp --cap-drop ALL --user 10001:10001 \
        --entrypoint python "$image" -m app.operate.envfile <"$env_file" >"$work/settings" 2>&1 \
        || fail "$REFUSED" 'the new image refuses the settings.' "$(tail -n 5 "$work/settings")"
    NEXT_IMAGE=$image
    export NEXT_IMAGE
    next_python -m app.operate.schema >"$work/schema" 2>"$work/errors" \
        || fail "$REFUSED" 'the new image cannot say which schema it needs.' "$(tail -n 1 "$work/errors")"
    case $(cat "$work/schema") in
        *'"serves": true'* | *'"state": "behind"'*) ;;
        *) fail "$REFUSED" 'the database is newer than the new image can serve.' \
            'To go back to an older image: scripts/calminer rollback' ;;
    esac
    refuse_a_pause
}

# Code that serves while the schema changes must be able to live with what comes out.
refuse_a_pause() {
    oldest=$(sed -n 's/.*"oldest_code": "\([^"]*\)".*/\1/p' "$work/schema")
    running_python -m app.operate.schema --image >"$work/now" 2>/dev/null || return 0
    case $(cat "$work/now") in
        *"\"$oldest\""*) ;;
        *) fail "$REFUSED" "the new schema needs code of revision $oldest at least, and what runs now is older." \
            'Upgrade to a release in between first, or stop: scripts/calminer down, then migrate and up' ;;
    esac
}

next_python() {
    compose --progress quiet --profile upgrade run --rm --no-deps --no-TTY --entrypoint python api-next "$@"
}

running_python() { docker exec "$(running api | head -n 1)" python "$@"; }

back_up() {
    enter_vault
    ask_vault now && code=0 || code=$?
    leave_vault
    set=$(answered_set)
    # A damaged set from before is reported, and is no reason against this one.
    if [ "$code" -ne 0 ] && { [ "$code" -ne "$BAD_BACKUP" ] || [ -z "$set" ]; }; then
        fail "$REFUSED" "no verified backup, so no upgrade: $(printf '%s\n' "$answer" | head -n 1)" 'Nothing was changed.'
    fi
    say "$answer"
}

bring_schema() {
    next_python scripts/setup_database.py --run-migrations --seed-data --wait 60 >"$work/said" 2>"$work/errors" && return 0
    reason=$(sed -n 's/^setup_database\.py: //p' "$work/errors" | tail -n 1)
    reason=${reason:-$(sed '/^[[:space:]]*$/d' "$work/errors" | tail -n 1)}
    return 1
}

# What `rollback` reads: when, the image before with its id, the new one with its id, the backup between them.
record_upgrade() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$before" "$(running_image api)" \
        "$image" "$(image_id "$image")" "$set" >>"$state/upgrades"
}
