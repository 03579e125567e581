#!/bin/sh
# The container tests of the operator's bundle: policy of every profile combination, the production stack, TLS against a
# test authority, development and test stacks. With `series`, the long series behind the figures in
# docs/reference/safety-of-data.md instead. Needs Docker with Compose, and root to bring what is missing.
#   CONTAINERS     folder with stand-ins.sh, for a machine that reaches no image registry
#   SUITE_BUNDLE   narrows the tests, for a trial of the workflow itself
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 45 "$@"

# shellcheck source=scripts/ci/images.sh
. scripts/ci/images.sh
bring postgres "$(default_of POSTGRES_IMAGE)"
bring traefik "$(default_of TRAEFIK_IMAGE)"

# A test authority that speaks ACME.
if ! command -v pebble >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends pebble openssl >/dev/null
fi
# Most of the time goes into waiting for containers, so two files at a time, each with an installation of its own;
# the series measure, so nothing of ours runs beside them.
mark=${1:-container}
[ "$mark" = series ] && processes=0 || processes=2
# shellcheck disable=SC2086
set -- ${SUITE_BUNDLE:-tests/operate tests/operator}
exec sh scripts/test.sh "$@" -m "$mark" -q --durations 10 --numprocesses "$processes" --dist loadfile
