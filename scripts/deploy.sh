#!/bin/sh
# Deploy over SSH, through the gate on the host (scripts/operator/gate.sh).
#   sh scripts/deploy.sh deploy TAG|sha256:DIGEST [ENVIRONMENT]
#   sh scripts/deploy.sh rollback
#   sh scripts/deploy.sh status
#
# SSH_HOST (name or name:port), SSH_USERNAME, SSH_PRIVATE_KEY (the key itself) and SSH_KNOWN_HOSTS (lines of
# known_hosts; nobody else is trusted), and for `deploy` REGISTRY_URL with REGISTRY_USERNAME, REGISTRY_PASSWORD.
# EXPECT_DIGEST  the digest that the tag must still have
# ENVIRONMENT    tag that names this digest afterwards, which promote.sh asks for
#
# A lost connection is made again: the work on the host goes on, and this ends like it.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/registry.sh
. scripts/registry.sh

verb=${1:-}
need SSH_HOST SSH_USERNAME SSH_PRIVATE_KEY SSH_KNOWN_HOSTS
host=${SSH_HOST%:*} port=22
[ "$host" = "$SSH_HOST" ] || port=${SSH_HOST##*:}

# What the reference names today, refused where it is not what it says.
resolve() { # REFERENCE
    case $1 in
        sha256:*) reference=$REGISTRY_URL@$1 ;;
        *) reference=$REGISTRY_URL:$1 ;;
    esac
    digest=$(digest_of "$reference")
    [ -n "$digest" ] || stop "there is no $reference"
    [ -z "${EXPECT_DIGEST:-}" ] || [ "$EXPECT_DIGEST" = "$digest" ] || stop "$1 was moved: it is $digest, not $EXPECT_DIGEST"
    revision=$(revision_of "$REGISTRY_URL@$digest")
    wanted=$revision
    case $1 in
        sha256:*) ;;
        v*) wanted=$(git rev-parse --verify --quiet "$1^{commit}") || stop "there is no tag $1 in this repository" ;;
        *) [ "${#1}" -ne 40 ] || wanted=$1 ;;
    esac
    [ "$wanted" = "$revision" ] || stop "$1 was moved: its image was built from ${revision:-nobody knows what}, not from $wanted"
}

keys=$(mktemp -d)
# registry_login has a folder of its own to remove.
leave() { rm -rf "$keys" "${login:-$keys}"; }
trap leave EXIT
trap 'exit 130' INT TERM

secure() {
    umask 077
    printf '%s\n' "$SSH_KNOWN_HOSTS" >"$keys/known_hosts"
    printf '%s\n' "$SSH_PRIVATE_KEY" >"$keys/key"
    umask 022
}

# The host's key is checked before any of ours is offered; ours stays in the folder that is removed.
gate() { # REQUEST
    ssh -F none -T -p "$port" -i "$keys/key" -l "$SSH_USERNAME" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
        -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$keys/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o UpdateHostKeys=no -o PasswordAuthentication=no -o ConnectTimeout=10 -o ServerAliveInterval=5 \
        -o ServerAliveCountMax=3 -- "$host" "$1" </dev/null
}

last() { gate status 2>/dev/null | sed -n 's/^gate: last request //p'; }

# Ask, and where the connection is lost find out whether the host was reached, and how it ended.
ask() { # REQUEST
    gate status >"$keys/before" 2>"$keys/said" && code=0 || code=$?
    if [ "$code" -eq 255 ]; then
        cat "$keys/said" >&2
        stop "$host was not reached, or is not who it says" 255
    fi
    before=$(sed -n 's/^gate: last request //p' "$keys/before")
    tries=0
    gate "$1" && code=0 || code=$?
    while [ "$code" -eq 255 ] && [ "$tries" -lt "${RECONNECTS:-60}" ]; do
        tries=$((tries + 1))
        printf 'deploy.sh: the connection was lost; asking again (%s)\n' "$tries" >&2
        sleep "${RECONNECT_SECONDS:-2}"
        now=$(last) || continue
        case $now in
            '') ;;
            "$before") gate "$1" && code=0 || code=$? ;;
            *": $1, code "*) code=${now##* } ;;
            *": $1, not ended") case $1 in deploy*) gate "$1" && code=0 || code=$? ;; esac ;;
            *) stop "another request came between: $now" 75 ;;
        esac
    done
    return "$code"
}

case $verb in
    deploy)
        need REGISTRY_URL
        [ -n "${2:-}" ] || stop 'which tag or digest?' 64
        registry_login
        login=${DOCKER_CONFIG:-}
        [ -n "${REGISTRY_USERNAME:-}" ] || login=
        trap leave EXIT
        resolve "$2"
        secure
        printf 'deploy.sh: %s is %s, built from %s\n' "$2" "$digest" "$revision"
        ask "deploy $digest" || exit $?
        [ -z "${3:-}" ] || retag "$digest" "$3"
        ;;
    rollback)
        secure
        ask rollback || exit $?
        ;;
    status)
        secure
        gate status
        ;;
    *) stop 'understood are: deploy TAG|sha256:DIGEST [ENVIRONMENT], rollback, status' 64 ;;
esac
