#!/bin/sh
# The container tests of the delivery: a host made by Ansible, deploys over SSH from a registry, Swarm. Needs Docker;
# brings its tools and an SSH client (as root).
#   CONTAINERS       folder with stand-ins.sh, for a machine that reaches no image registry
#   SUITE_DELIVERY   narrows the tests, for a trial of the workflow itself
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 45 "$@"

registry=${REGISTRY_IMAGE:-registry:2}
docker image inspect "$registry" >/dev/null 2>&1 || docker pull --quiet "$registry" 2>/dev/null \
    || sh "${CONTAINERS:-../shared/containers}/stand-ins.sh" registry
# shellcheck disable=SC2086
set -- ${SUITE_DELIVERY:-tests/delivery}
exec sh scripts/test.sh "$@" -m container -q --durations 10
