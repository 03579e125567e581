# shellcheck shell=sh
# Puts a backup in the place of the live database, which stays beside it under another name.

# `message` is printed by the way out of every command.
# shellcheck disable=SC2034

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer restore [SET] --yes
       scripts/calminer restore --discard-old

Restores the newest verified set, or one by its name, into a new database, compares it with its manifest, stops the
application, and gives the new database the name of the old one. The old one is kept as NAME_before_TIME until
--discard-old. A host that has nothing but its folder and a backup is set up by the same command.

  --yes           do it; without it the command says what it would do
  --from-copy     fetch the set from the second target first (the newest there, or SET)
  --discard-old   drop the databases that earlier restores kept
TEXT
}

run() {
    yes='' set='' copy='' discard=
    for argument; do
        case $argument in
            --yes) yes=yes ;;
            --from-copy) copy=yes ;;
            --discard-old) discard=yes ;;
            -*) usage_error "restore does not know '$argument'." ;;
            *) set=$argument ;;
        esac
    done
    require_env_file
    require_engine
    hold_lock
    if [ -n "$discard" ]; then
        ask_and_tell discard
        return 0
    fi
    [ -n "$yes" ] || fail "$REFUSED" "this would put ${set:-the newest verified backup} in the place of the database." \
        'The application stops meanwhile. Say so: scripts/calminer restore --yes'
    begun=$(date +%s)
    enter_vault
    if [ -n "$copy" ]; then
        ask_vault fetch ${set:+"$set"} || { leave_vault; fail "$FAILED" "$answer"; }
        set=$(answered_set)
        say "$answer"
    fi
    # What is damaged is refused before anything stops.
    ask_vault check ${set:+"$set"} || { code=$?; leave_vault; fail "$code" "$answer"; }
    set=$(answered_set)
    compose --profile '*' stop api api-next worker >&2 2>/dev/null || true
    ask_vault restore "$set" && code=0 || code=$?
    leave_vault
    told=$answer
    [ "$code" -eq 0 ] || {
        compose up --detach >&2 || true
        fail "$code" "$told" 'The database was left as it was, and the application started again.'
    }
    say "$told"
    bring_up
    seconds=$(($(date +%s) - begun))
    fact_raw seconds "$seconds"
    message="restored $set; the application is ready after $seconds s."
    say "Ready after $seconds s."
}

# The schema may be older than the code, when the backup was made before an upgrade.
bring_up() {
    app_python -m app.operate.schema >"$work/schema" 2>"$work/errors" || fail "$FAILED" "$(tail -n 1 "$work/errors")"
    case $(cat "$work/schema") in
        *'"serves": true'*) ;;
        *'"state": "behind"'*)
            say 'The backup is older than this image; bringing its schema up to date.'
            app_python scripts/setup_database.py --run-migrations --seed-data >&2 || fail "$FAILED" 'the migration failed.'
            ;;
        *) fail "$FAILED" 'restored, but this image does not serve the schema of the backup.' \
            'Set CALMINER_IMAGE to the one that made it, then: scripts/calminer up' ;;
    esac
    compose up --detach --wait --wait-timeout 180 >&2 || fail "$FAILED" 'restored, but not every container came up.' \
        'Look: scripts/calminer status; scripts/calminer logs'
    wait_until_service_ready api 60 || fail "$FAILED" "restored, but not ready: $reason"
}
