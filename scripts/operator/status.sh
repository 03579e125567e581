# shellcheck shell=sh
# What runs, whether it may have traffic, where the schema stands.

help() {
    cat <<'TEXT'
Usage: scripts/calminer status

A line for each container, then whether the application is ready and why not. Exit code 1 when it is not.
TEXT
}

run() {
    [ $# -eq 0 ] || usage_error "status does not know '$1'."
    require_env_file
    require_engine
    rows=
    for id in $(compose --profile '*' ps --all --quiet); do
        row=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}}	{{.State.Status}}	{{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}}	{{.Config.Image}}	{{.Image}}' "$id" 2>/dev/null) || continue
        rows="$rows$row
"
    done
    [ -n "$rows" ] || say 'No container runs.'
    say "$(printf '%s' "$rows" | awk -F '\t' '{ printf "%-10s %-10s %-10s %-34s %s\n", $1, $2, $3, $4, substr($5, 1, 19) }')"
    fact_raw services "$(printf '%s' "$rows" | awk -F '\t' '
        { printf "%s{\"service\":\"%s\",\"state\":\"%s\",\"health\":\"%s\",\"image\":\"%s\",\"digest\":\"%s\"}", (NR > 1 ? "," : "["), $1, $2, $3, $4, $5 }
        END { print (NR ? "]" : "[]") }')"
    reason=$(why_not_ready)
    if [ -n "$reason" ]; then
        fact_raw ready false
        fail "$FAILED" "not ready: $reason"
    fi
    fact_raw ready true
    conclude 'ready.'
    say 'Ready.'
}
