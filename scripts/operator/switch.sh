# shellcheck shell=sh
# Sourced by upgrade and rollback: another image takes over while the one before still serves.
# api serves -> api-next starts and is ready -> api leaves and is replaced -> api is ready -> api-next leaves.

# How long the proxy takes to notice who is ready: it asks every second and waits five for an answer.
PROXY_SECONDS=7
READY_SECONDS=${READY_SECONDS:-90}
TRIAL_SECONDS=${TRIAL_SECONDS:-8}

trial_name() { printf '%s-trial\n' "$(compose config --format json | sed -n 's/^  "name": "\(.*\)",*$/\1/p' | head -n 1)"; }

image_id() { docker image inspect --format '{{.Id}}' "$1"; }

running_image() { docker inspect --format '{{.Image}}' "$(running "$1" | head -n 1)" 2>/dev/null; }

# put_up ARGUMENT...: services that are to stay. Not with --no-deps: Debian's Compose (2.26) takes a service that was put
# up without its dependencies for another one at the next `compose up`, and replaces it while nobody else serves.
put_up() { compose --progress quiet up --detach --no-build "$@" >/dev/null 2>"$work/up"; }

# use_image IMAGE: from here on the settings name it; `compose up` later finds nothing to change.
use_image() {
    IMAGE=$1 awk '
        /^CALMINER_IMAGE=/ { print "CALMINER_IMAGE=" ENVIRON["IMAGE"]; found = 1; next }
        { print }
        END { if (!found) print "CALMINER_IMAGE=" ENVIRON["IMAGE"] }' "$env_file" >"$env_file.new"
    chmod 600 "$env_file.new"
    mv "$env_file.new" "$env_file"
    CALMINER_IMAGE=$1
    export CALMINER_IMAGE
}

# await_ready CONTAINER: prints why not when it is over, or as soon as it has no chance any more.
await_ready() {
    end=$(($(date +%s) + READY_SECONDS))
    while :; do
        seen=$(docker inspect --format '{{.State.Running}} {{.RestartCount}} {{.State.OOMKilled}} {{.State.ExitCode}}' "$1" 2>/dev/null) \
            || { printf 'its container is gone.\n'; return 1; }
        case $seen in
            'true 0 false'*) ;;
            *' true '*) printf 'it ran out of memory.\n'; return 1 ;;
            *) printf 'it ended: %s\n' "$(docker logs --tail 1 "$1" 2>&1 | tail -n 1)"; return 1 ;;
        esac
        reason=$(docker exec "$1" python -m app.operate.ready 2>/dev/null) && return 0
        if [ "$(date +%s)" -ge "$end" ]; then
            printf 'not ready after %s s: %s\n' "$READY_SECONDS" "${reason:-no word}"
            return 1
        fi
        sleep 1
    done
}

await_service() { # SERVICE
    await_ready "$(compose --profile upgrade ps --all --quiet "$1" | head -n 1)"
}

# try_out IMAGE: start it where no proxy finds it, and ask it for pages as the image before would answer them.
try_out() {
    trial=$(trial_name)
    docker rm --force "$trial" >/dev/null 2>&1 || true
    NEXT_IMAGE=$1 compose --progress quiet --profile upgrade run --detach --no-deps --name "$trial" api-next >/dev/null 2>"$work/trial" \
        || { printf 'it does not start: %s\n' "$(tail -n 1 "$work/trial")"; return 1; }
    if reason=$(await_ready "$trial"); then
        docker run --rm --init --network "container:$trial" --read-only --tmpfs /tmp --cap-drop ALL \
            --security-opt no-new-privileges --user 10001:10001 --entrypoint python "$(running_image api)" \
            -m app.operate.probe --seconds "$TRIAL_SECONDS" >"$work/probe" 2>&1 && reason= || reason=$(tail -n 1 "$work/probe")
        # A process that died meanwhile says more than the requests that it left without an answer.
        ended=$(READY_SECONDS=5 await_ready "$trial") || reason=$ended
    fi
    docker rm --force "$trial" >/dev/null 2>&1 || true
    [ -z "$reason" ] || printf '%s\n' "$reason"
    [ -z "$reason" ]
}

undrain() { # SERVICE
    for id in $(running "$1"); do
        docker exec "$id" python -c 'from app.settings import DRAINING; DRAINING.unlink(missing_ok=True)' >/dev/null 2>&1 || true
    done
}

remove_second() {
    docker rm --force "$(trial_name)" >/dev/null 2>&1 || true
    compose --progress quiet --profile upgrade rm --stop --force api-next >/dev/null 2>&1 || true
}

# switch_to IMAGE: prints why it did not work; the caller takes it back then.
switch_to() {
    NEXT_IMAGE=$1
    export NEXT_IMAGE
    compose --progress quiet --profile upgrade up --detach --no-deps --no-build --force-recreate api-next >/dev/null 2>"$work/up" \
        || { tail -n 1 "$work/up"; return 1; }
    await_service api-next || return 1
    sleep "$PROXY_SECONDS"
    drain api
    use_image "$1"
    put_up api || { tail -n 1 "$work/up"; return 1; }
    await_service api || return 1
    sleep "$PROXY_SECONDS"
    drain api-next
    remove_second
    [ "$(running_image api)" = "$(image_id "$1")" ] || { printf 'another image runs than the one asked for.\n'; return 1; }
    put_up --remove-orphans || { tail -n 1 "$work/up"; return 1; }
}

# take_back IMAGE: whatever state a switch ended in, this image serves again, and nothing of the other is left.
take_back() {
    back_from=$(date +%s)
    use_image "$1"
    if [ "$(running_image api)" = "$(image_id "$1")" ]; then
        undrain api
    else
        # Without a database it serves no page and still says why.
        put_up --force-recreate api || put_up --no-deps --force-recreate api || true
    fi
    still=$(await_service api) || warn "the image before is not ready either: $still"
    sleep 1
    remove_second
    fact_raw back_after_seconds "$(($(date +%s) - back_from))"
}
