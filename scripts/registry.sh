# shellcheck shell=sh
# Sourced by push.sh, deploy.sh and promote.sh: what a registry says, without pulling an image.
# REGISTRY_URL is the repository, such as registry.example.com/mining/calminer.

stop() { # TEXT [CODE]
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit "${2:-1}"
}

need() { # NAME...
    for name; do
        eval "[ -n \"\${$name:-}\" ]" || stop "$name is not set" 64
    done
}

# The password goes through a pipe and into a folder that is gone afterwards; no argument ever holds it.
registry_login() {
    [ -n "${REGISTRY_USERNAME:-}" ] || return 0
    need REGISTRY_PASSWORD
    plugins=${DOCKER_CONFIG:-${HOME:-/root}/.docker}/cli-plugins
    DOCKER_CONFIG=$(mktemp -d)
    export DOCKER_CONFIG
    [ ! -d "$plugins" ] || ln -s "$plugins" "$DOCKER_CONFIG/cli-plugins"
    trap 'rm -rf "$DOCKER_CONFIG"' EXIT
    printf '%s' "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USERNAME" --password-stdin "${REGISTRY_URL%%/*}" >/dev/null
}

# The digest behind a reference; nothing where there is none.
digest_of() {
    said=$(docker buildx imagetools inspect "$1" --format '{{json .Manifest}}' 2>&1) && code=0 || code=$?
    case $code,$said in
        0,*) printf '%s\n' "$said" | sed -n 's/^  "digest": "\(sha256:[0-9a-f]*\)".*/\1/p' ;;
        *": not found") ;;
        *)
            printf '%s\n' "$said" >&2
            return 1
            ;;
    esac
}

# The commit that an image was built from, by its label; where it has one for several platforms, the first.
revision_of() {
    docker buildx imagetools inspect "$1" --format '{{json .Image}}' \
        | sed -n 's/^ *"org.opencontainers.image.revision": "\([^"]*\)".*/\1/p' | head -n 1
}

# Let TAG name what DIGEST names; the manifest is copied as it is.
retag() { # DIGEST TAG
    docker buildx imagetools create --prefer-index=false --tag "$REGISTRY_URL:$2" "$REGISTRY_URL@$1" >/dev/null 2>&1 \
        || stop "$2 could not be set to $1"
    [ "$(digest_of "$REGISTRY_URL:$2")" = "$1" ] || stop "$2 is not $1 after it was set; the registry changed the manifest"
}
