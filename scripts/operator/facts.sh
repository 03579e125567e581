# shellcheck shell=sh
# Sourced by lib.sh: what doctor and support look at, a file for each fact in $work/facts. A fact that cannot be had is
# a file that is missing; whoever judges says so.

gather_facts() {
    work_folder
    mkdir "$work/facts"
    (
        cd "$work/facts" || exit
        facts_of_host
        facts_of_settings
        facts_of_engine
        facts_of_data
        facts_of_containers
    )
    find "$work/facts" -type f -size 0 -exec rm -f {} +
}

facts_of_host() {
    date +%s >now
    timedatectl show --property NTPSynchronized --value >clock_synchronised 2>/dev/null || true
    cat /proc/meminfo >meminfo 2>/dev/null || true
    cat /proc/net/tcp /proc/net/tcp6 >listening 2>/dev/null || true
    hostname -I >addresses 2>/dev/null || true
    domain=$(setting CALMINER_DOMAIN localhost)
    getent ahosts "$domain" >domain_addresses 2>/dev/null || true
    id -u >user
}

facts_of_settings() {
    cp "$env_file" env
    stat -c %a "$env_file" >env_mode
    secrets=$(secrets_folder)
    stat -c '%a .' "$secrets" >secret_files 2>/dev/null || true
    for name in secret_key database_password; do
        stat -c "%a %s $name" "$secrets/$name" >>secret_files 2>/dev/null || true
    done
    if cmp -s "$secrets/secret_key" "$secrets/database_password"; then echo same >secrets_same; fi
    if [ -e "$secrets/database_password.next" ]; then echo yes >rotation_unfinished; fi
    compose --profile '*' config --format json >rendered.json 2>render_errors || rm -f rendered.json
}

facts_of_engine() {
    docker info --format '{{json .}}' >info.json 2>/dev/null || true
    docker compose version --short >compose_version 2>/dev/null || true
    docker image inspect "$(app_image)" >image_app.json 2>/dev/null || true
    docker image inspect "$(postgres_image)" >image_postgres.json 2>/dev/null || true
    docker image inspect "$(traefik_image)" >image_traefik.json 2>/dev/null || true
    docker run --rm --network none --entrypoint traefik "$(traefik_image)" version >traefik_version 2>/dev/null || true
    # shellcheck disable=SC2046
    docker network inspect $(docker network ls --quiet) >networks.json 2>/dev/null || true
}

# Owner and mode of a folder, free blocks [kB] and files of its disk.
LOOK='stat -c "%u %a" /target; df -Pk /target | tail -n 1; df -Pi /target | tail -n 1'

facts_of_data() {
    has_image "$(postgres_image)" || return 0
    if docker volume inspect "$(postgres_volume)" >/dev/null 2>&1; then
        as_root "$(postgres_volume)" "$LOOK; cd /target
            for f in PG_VERSION */PG_VERSION */*/PG_VERSION; do [ ! -e \"\$f\" ] || echo \"\$f \$(cat \"\$f\")\"; done" >volume_postgres 2>/dev/null || true
    fi
    if docker volume inspect "$(acme_volume)" >/dev/null 2>&1; then
        as_root "$(acme_volume)" "$LOOK; [ ! -e /target/acme.json ] || stat -c '%u %a %s' /target/acme.json" >volume_acme 2>/dev/null || true
    fi
    if [ -d "$(backups_folder)" ]; then
        as_root "$(backups_folder)" "$LOOK; find /target -type f -printf '%T@ %s %P\n' | sort -n | tail -n 500" >backups 2>/dev/null || true
    fi
}

facts_of_containers() {
    # shellcheck disable=SC2046
    docker inspect $(compose --profile '*' ps --all --quiet 2>/dev/null) >containers.json 2>/dev/null || rm -f containers.json
    id=$(running api | head -n 1)
    [ -n "$id" ] || return 0
    why_not_ready api >not_ready
    echo asked >ready_asked
    docker exec "$id" python -m app.operate.schema >schema.json 2>/dev/null || true
    if profile_is_on reverse-proxy; then
        docker exec "$id" python -m app.operate.certificate traefik 8443 "$domain" >certificate.json 2>/dev/null || true
    fi
}
