# shellcheck shell=sh
# Brings third-party images under the names that the bundle deploys: there already, from a registry, or a stand-in
# built by the folder that CONTAINERS names, for a machine that reaches no image registry.
#   . scripts/ci/images.sh; bring postgres "$(default_of POSTGRES_IMAGE)"
# Sourced, it brings the image that ours stands on.

containers=${CONTAINERS:-../shared/containers}

default_of() { sed -n "s/.*\${$1:-\([^\${}]*\)}.*/\1/p" docker-compose.prod.yml | head -n 1; }

bring() { # STAND-IN IMAGE
    docker image inspect "$2" >/dev/null 2>&1 && return 0
    docker pull --quiet "$2" 2>/dev/null && return 0
    case $1 in
        postgres) POSTGRES_IMAGE=$2 sh "$containers/stand-ins.sh" "$1" ;;
        traefik) TRAEFIK_IMAGE=$2 sh "$containers/stand-ins.sh" "$1" ;;
        *) sh "$containers/stand-ins.sh" "$1" ;;
    esac
}

bring python "${PYTHON_IMAGE:-python:3.13-slim-trixie}"
