# shellcheck shell=sh
# psql of the database's own version, on the database of the settings, wherever that is.

help() {
    cat <<'TEXT'
Usage: scripts/calminer db-shell [-- OPTION...]

  scripts/calminer db-shell -- --command 'SELECT count(*) FROM projects'     options are those of psql
TEXT
}

run() {
    require_env_file
    require_engine
    require_image "$(postgres_image)"
    if [ -z "$json" ]; then
        if [ -t 0 ] && [ -t 1 ]; then set -- dbtools psql "$@"; else set -- --no-TTY dbtools psql "$@"; fi
        compose run --rm --no-deps "$@" || fail "$FAILED" 'psql ended with an error.'
        return 0
    fi
    work_folder
    compose run --rm --no-deps --no-TTY dbtools psql "$@" >"$work/said" 2>"$work/errors" \
        || fail "$FAILED" "$(tail -n 1 "$work/errors")"
    fact said "$(cat "$work/said")"
}
