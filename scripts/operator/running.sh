# shellcheck shell=sh
# Sourced by lib.sh: what must hold before a start, starting the database, and asking whether the application is ready.

preflight() {
    require_image "$(app_image)"
    refuse_bad_settings
    secrets=$(secrets_folder)
    for name in secret_key database_password; do
        [ -s "$secrets/$name" ] || fail "$REFUSED" "there is no secret $secrets/$name." 'Run: scripts/calminer init'
    done
    if profile_is_on reverse-proxy; then
        require_image "$(traefik_image)"
        require_volume "$(acme_volume)" 10001
    fi
    if profile_is_on local-db; then
        require_image "$(postgres_image)"
        require_volume "$(postgres_volume)" 999
        refuse_foreign_data
    fi
}

refuse_bad_settings() {
    work_folder
    image_python -m app.operate.envfile <"$env_file" >"$work/settings" 2>&1 && return 0
    fail "$REFUSED" "$env_file holds settings that are not allowed." "$(cat "$work/settings")"
}

require_volume() { # NAME UID
    docker volume inspect "$1" >/dev/null 2>&1 || fail "$REFUSED" "there is no volume $1." 'Run: scripts/calminer init'
    owner=$(as_root "$1" 'stat -c %u /target')
    [ "$owner" = "$2" ] || fail "$REFUSED" "the volume $1 belongs to user $owner; its container runs as user $2." \
        'Run: scripts/calminer init --repair'
}

# The guard of the container refuses the same, whoever starts it; here it is said before anything stops.
refuse_foreign_data() {
    said=$(docker run --rm --init --network none --user 999:999 --volume "$(postgres_volume):/var/lib/postgresql:ro" \
        --volume "$CALMINER_HOME/config/postgres/guard.sh:/guard.sh:ro" --env GUARD_ONLY=yes --entrypoint sh \
        "$(postgres_image)" /guard.sh 2>&1) || fail "$REFUSED" \
        "$(printf '%s\n' "$said" | sed -n 's/^postgres: refused: //p')" \
        "$(printf '%s\n' "$said" | sed -n 's/^postgres: run: /Run: /p')"
}

start_database() {
    profile_is_on local-db || return 0
    compose up --detach --wait --wait-timeout 300 postgres >&2 || fail "$FAILED" 'the database did not come up.' \
        'Look: scripts/calminer logs postgres'
}

# Asks the processes of a service themselves, so it needs no proxy and no port. Prints why not, or nothing.
why_not_ready() { # [SERVICE]
    ids=$(running "${1:-api}")
    [ -n "$ids" ] || { printf 'no %s runs.\n' "${1:-api}"; return 0; }
    for id in $ids; do
        said=$(docker exec "$id" python -m app.operate.ready 2>/dev/null) && continue
        printf '%s\n' "${said:-The process does not answer.}"
        return 0
    done
}

# wait_until_service_ready SERVICE SECONDS: sets $reason; fails when the time is over.
wait_until_service_ready() {
    end=$(($(date +%s) + $2))
    while reason=$(why_not_ready "$1") && [ -n "$reason" ]; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 1
    done
}

# drain SERVICE: it says that it is not ready from now on and goes on answering; the proxy looks every second.
drain() {
    for id in $(running "$1"); do docker exec "$id" python -m app.operate.ready --drain >/dev/null 2>&1 || true; done
    sleep 4
}
