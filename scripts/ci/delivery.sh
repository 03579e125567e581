#!/bin/sh
# The container tests of the delivery: a host made by Ansible, deploys over SSH from a registry, Swarm. Needs Docker;
# brings its tools and an SSH client (as root).
#   CONTAINERS       folder with stand-ins.sh, for a machine that reaches no image registry
#   SUITE_DELIVERY   narrows the tests, for a trial of the workflow itself
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 45 "$@"

# shellcheck source=scripts/ci/images.sh
. scripts/ci/images.sh
bring postgres "$(default_of POSTGRES_IMAGE)"
bring traefik "$(default_of TRAEFIK_IMAGE)"
bring registry "${REGISTRY_IMAGE:-registry:2}"
# shellcheck disable=SC2086
set -- ${SUITE_DELIVERY:-tests/delivery}
exec sh scripts/test.sh "$@" -m container -q --durations 10
