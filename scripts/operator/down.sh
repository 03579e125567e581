# shellcheck shell=sh
# Stops everything, whatever profiles are on now or were on before.

help() {
    cat <<'TEXT'
Usage: scripts/calminer down

Stops and removes the containers and networks of every profile. Volumes, secrets and backups stay.
TEXT
}

run() {
    [ $# -eq 0 ] || usage_error "down does not know '$1'."
    require_env_file
    require_engine
    hold_lock
    compose --profile '*' down >&2 || fail "$FAILED" 'not everything could be stopped; the lines above say why.'
    conclude 'stopped; the data stays.'
    say 'Stopped. Volumes, secrets and backups are still there.'
}
