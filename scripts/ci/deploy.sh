#!/bin/sh
# Deploy TAG to an environment, dev, acceptance or production; waits until the image was pushed.
# EXPECT_DIGEST refuses a tag that was moved; the rest of the environment is what scripts/deploy.sh needs.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 60 "$@"

# shellcheck source=scripts/registry.sh
. scripts/registry.sh
need TAG REGISTRY_URL
case ${1:-} in
    dev | acceptance | production) ;;
    *) stop 'deployed is to dev, acceptance or production' 64 ;;
esac
# A fresh folder for the login, gone with this subshell; only a missing image is waited for.
(
    registry_login
    until [ -n "$(digest_of "$REGISTRY_URL:$TAG")" ]; do
        tries=$((${tries:-0} + 1))
        [ "$tries" -le "${WAIT_TRIES:-160}" ] || stop "$TAG was not pushed"
        sleep 15
    done
)
exec sh scripts/deploy.sh deploy "$TAG" "$1"
