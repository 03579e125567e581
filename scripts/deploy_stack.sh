#!/bin/sh
# Deploy to Docker Swarm, on a manager; staging and production side by side, each by its name.
#   STACK_NAME=staging DOMAIN=staging.example.com IMAGE=registry.example.com/calminer@sha256:... sh scripts/deploy_stack.sh
#
# PROFILES      of docker-compose.prod.yml (reverse-proxy worker); local-db where the database lives in the stack
# ENV_FILE      settings (config/setup_production.env)
# COMPOSE_FILE  another file
# MIGRATE       command that brings the schema up to date before the new image serves; empty for none
# WAIT_SECONDS  how long all of it may take (300)
#
# `docker stack deploy` ends with 0 whatever comes of it, so this looks afterwards: exit 1 where an update was
# rolled back, is stuck, or what runs is not what was asked for.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."

stop() {
    printf 'deploy_stack.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

: "${STACK_NAME:?}" "${DOMAIN:?}" "${IMAGE:?}"
: "${PROFILES=reverse-proxy worker}" "${ENV_FILE:=config/setup_production.env}" "${COMPOSE_FILE:=docker-compose.prod.yml}"
: "${MIGRATE=python scripts/setup_database.py --run-migrations --seed-data --wait 120}" "${WAIT_SECONDS:=300}"
case $IMAGE in
    *@sha256:*) ;;
    *) stop "$IMAGE has no digest; a tag may mean another image tomorrow" 64 ;;
esac
CALMINER_IMAGE=$IMAGE CALMINER_DOMAIN=$DOMAIN
POSTGRES_VOLUME=${STACK_NAME}_pg_data ACME_VOLUME=${STACK_NAME}_acme
export CALMINER_IMAGE CALMINER_DOMAIN POSTGRES_VOLUME ACME_VOLUME ENV_FILE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

preflight() {
    [ "$(docker info --format '{{.Swarm.ControlAvailable}}')" = true ] || stop 'this engine is no manager of a swarm' 69
    # Swarm drops security_opt, so the engine has to have it for all containers.
    docker info --format '{{json .SecurityOptions}}' | grep -q no-new-privileges \
        || stop 'the engine has no "no-new-privileges": true in /etc/docker/daemon.json' 69
    grep -q "calminer.data==$STACK_NAME" "$work/all.json" || return 0
    for node in $(docker node ls --quiet); do
        label=$(docker node inspect --format '{{index .Spec.Labels "calminer.data"}} {{.Status.State}}' "$node")
        [ "$label" != "$STACK_NAME ready" ] || return 0
    done
    stop "no node keeps the data of $STACK_NAME: docker node update --label-add calminer.data=$STACK_NAME NODE" 69
}

render() { # FILE OPTION...
    file=$1
    shift
    for profile in $PROFILES; do set -- "$@" --profile "$profile"; done
    [ ! -f "$ENV_FILE" ] || set -- "$@" --env-file "$ENV_FILE"
    python3 scripts/render_stack.py --stack "$STACK_NAME" --file "$COMPOSE_FILE" "$@" >"$file"
}

deploy() { # FILE
    docker stack deploy --with-registry-auth --compose-file "$1" "$STACK_NAME" >"$work/said" 2>&1 && return 0
    cat "$work/said" >&2
    stop 'Swarm did not take the stack'
}

services() { docker stack services "$STACK_NAME" --format '{{.Name}}'; }
started() { docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.StartedAt}}{{end}}' "$1" 2>/dev/null || true; }
state() { docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$1"; }
wanted() { docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' "$1"; }
replicas() { docker service inspect --format '{{.Spec.Mode.Replicated.Replicas}}' "$1"; }
running() { # SERVICE IMAGE: tasks that run with that image
    docker service ps --no-trunc --filter desired-state=running --format '{{.Image}} {{.CurrentState}}' "$1" | grep -c "^$2 Running" || true
}

patience() {
    [ "$(date +%s)" -lt "$deadline" ] || stop "$1 after $WAIT_SECONDS s"
    sleep 1
}

await_job() {
    while :; do
        case $(docker service ps --format '{{.CurrentState}}' "${STACK_NAME}_migrate" | head -n 1) in
            Complete*) return 0 ;;
            Failed* | Rejected*)
                docker service logs --raw --tail 5 "${STACK_NAME}_migrate" >&2 || true
                stop 'the migration failed; what ran before goes on'
                ;;
        esac
        patience 'the migration did not end'
    done
}

await() { # SERVICE
    asked=$(image_of "$1")
    while :; do
        now=$(state "$1")
        case $now in
            rollback_completed | rollback_paused | paused)
                [ "$(started "$1")" = "$(cat "$work/before.$1" 2>/dev/null)" ] || return 1
                ;;
        esac
        case $now in
            updating | rollback_started) ;;
            *)
                [ "$(wanted "$1")" = "$asked" ] || return 1
                [ "$(running "$1" "$asked")" -lt "$(replicas "$1")" ] || return 0
                ;;
        esac
        patience "$1 does not run"
    done
}

image_of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["services"][sys.argv[2]]["image"])' "$work/all.json" "${1#"${STACK_NAME}"_}"; }

render "$work/all.json"
preflight
for service in $(services 2>/dev/null); do started "$service" >"$work/before.$service"; done
deadline=$(($(date +%s) + WAIT_SECONDS))
if [ -n "$MIGRATE" ]; then
    # A job runs again whenever its service is deployed, so it is a new one each time, and not in the rest.
    docker service rm "${STACK_NAME}_migrate" >/dev/null 2>&1 || true
    render "$work/first.json" --first --migrate "$MIGRATE"
    deploy "$work/first.json"
    await_job
fi
deploy "$work/all.json"
failed=
for service in $(services | grep -v "^${STACK_NAME}_migrate$"); do
    if await "$service"; then
        printf 'deploy_stack.sh: %s runs %s\n' "$service" "$(wanted "$service")"
    else
        failed="$failed $service"
        printf 'deploy_stack.sh: %s was not updated (%s), %s goes on\n' "$service" "$(state "$service")" "$(wanted "$service")" >&2
    fi
done
[ -z "$failed" ] || stop "rolled back:$failed"
