# shellcheck shell=sh
# The one path to the schema, in the image that runs or will run.

help() {
    cat <<'TEXT'
Usage: scripts/calminer migrate [--dry-run]

Applies pending revisions and puts missing reference data in. The same as
  docker compose ... run --rm api python scripts/setup_database.py --run-migrations --seed-data
The code that serves meanwhile goes on serving. Take a backup before.
TEXT
}

run() {
    dry=
    case ${1:-} in
        '') ;;
        --dry-run) dry=--dry-run ;;
        *) usage_error "migrate does not know '$1'." ;;
    esac
    require_env_file
    require_engine
    require_image "$(app_image)"
    hold_lock
    work_folder
    start_database
    app_python scripts/setup_database.py --run-migrations --seed-data --wait 60 $dry >"$work/said" 2>"$work/errors" && code=0 || code=$?
    say "$(cat "$work/said")"
    [ "$code" -eq 0 ] || fail "$FAILED" "$(tail -n 1 "$work/errors")"
    fact said "$(cat "$work/said")"
    conclude 'the schema is up to date.'
}
