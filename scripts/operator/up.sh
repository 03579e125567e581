# shellcheck shell=sh
# Checks first, starts then, and looks whether it came up.

help() {
    cat <<'TEXT'
Usage: scripts/calminer up

Refuses (exit code 3) where settings, secrets, volumes or schema would not let it work, before anything is changed.
Starts the profiles of COMPOSE_PROFILES, sets an empty database up, and waits until requests will work.
TEXT
}

run() {
    [ $# -eq 0 ] || usage_error "up does not know '$1'."
    require_env_file
    require_engine
    hold_lock
    preflight
    start_database
    set_up_where_empty
    compose up --detach --wait --wait-timeout 180 >&2 || fail "$FAILED" 'not every container came up.' \
        'Look: scripts/calminer status; scripts/calminer logs'
    wait_until_service_ready api 60 || fail "$FAILED" "started, but not ready: $reason"
    conclude 'ready.'
    say "Ready. The site is at https://$(setting CALMINER_DOMAIN localhost)/"
}

set_up_where_empty() {
    work_folder
    app_python -m app.operate.schema >"$work/schema" 2>"$work/errors" || fail "$FAILED" "$(tail -n 1 "$work/errors")"
    case $(cat "$work/schema") in
        *'"state": "empty"'*)
            say 'The database is empty; setting it up.'
            app_python scripts/setup_database.py --run-migrations --seed-data >&2 || fail "$FAILED" 'the setup failed.'
            ;;
        *'"serves": true'*) ;;
        *'"state": "behind"'*)
            fail "$REFUSED" 'the schema is older than this image.' 'Run: scripts/calminer migrate'
            ;;
        *) fail "$REFUSED" 'the schema is newer than this image can serve.' \
            'Start the image that made it, or restore a backup made before: scripts/calminer restore' ;;
    esac
}
