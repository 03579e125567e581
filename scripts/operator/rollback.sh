# shellcheck shell=sh
# Back to the image before the last upgrade, where the schema still lets it serve.

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"
# shellcheck source=scripts/operator/switch.sh
. "$operator/switch.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer rollback [IMAGE]

The image before the last upgrade, or IMAGE, takes over without a pause; the schema and the data stay as they are.
Refused (exit code 3) where that image does not serve this schema; the message then holds the command that restores
the backup made before the upgrade.
TEXT
}

run() {
    [ $# -le 1 ] || usage_error 'rollback takes one image.'
    require_env_file
    require_engine
    hold_lock
    work_folder
    before=$(app_image) set=''
    remember "${1:-}"
    require_image "$image"
    NEXT_IMAGE=$image
    export NEXT_IMAGE
    compose --progress quiet --profile upgrade run --rm --no-deps --no-TTY --entrypoint python api-next \
        -m app.operate.schema >"$work/schema" 2>"$work/errors" \
        || fail "$REFUSED" "$image cannot say whether it serves this schema." "$(tail -n 1 "$work/errors")"
    case $(cat "$work/schema") in
        *'"serves": true'*) ;;
        *) fail "$REFUSED" "$image does not serve the schema of this database." \
            'What was entered since the upgrade is lost by going back further:' \
            "  set CALMINER_IMAGE=$image in $env_file, then: scripts/calminer restore ${set:-SET} --yes" ;;
    esac
    if [ -n "$(running api)" ]; then
        reason=$(try_out "$image") || undo "$image failed its trial: $reason"
        switch_to "$image" >"$work/reason" || undo "the change of places failed: $(cat "$work/reason")"
    else
        use_image "$image"
        compose up --detach --wait --wait-timeout 180 >&2 || undo 'it did not come up.'
    fi
    fact image "$image"
    fact digest "$(running_image api)"
    message="$image serves again."
    say "$message"
}

undo() { # REASON
    trap '' INT TERM HUP
    take_back "$before"
    fail "$ROLLED_BACK" "$1" "$before serves."
}

remember() { # IMAGE or nothing
    last=$(tail -n 1 "$state/upgrades" 2>/dev/null) || last=
    if [ -n "$last" ]; then
        image=$(printf '%s\n' "$last" | cut -f 2)
        id=$(printf '%s\n' "$last" | cut -f 3)
        set=$(printf '%s\n' "$last" | cut -f 6)
        # A tag may have moved since; the id has not.
        [ "$(image_id "$image" 2>/dev/null)" = "$id" ] || image=$id
    fi
    [ -z "$1" ] || image=$1
    [ -n "${image:-}" ] || fail "$REFUSED" 'no upgrade was made here yet.' 'Name the image: scripts/calminer rollback IMAGE'
}
