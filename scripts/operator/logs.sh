# shellcheck shell=sh
# What the containers said.

help() {
    cat <<'TEXT'
Usage: scripts/calminer logs [SERVICE...] [-- OPTION...]

  scripts/calminer logs api -- --follow --since 10m     options are those of docker compose logs
TEXT
}

run() {
    require_env_file
    require_engine
    if [ -z "$json" ]; then
        compose --profile '*' logs --timestamps "$@" || fail "$FAILED" 'the logs could not be read.'
        return 0
    fi
    work_folder
    compose --profile '*' logs --timestamps --no-color "$@" >"$work/logs" || fail "$FAILED" 'the logs could not be read.'
    fact logs "$(cat "$work/logs")"
}
