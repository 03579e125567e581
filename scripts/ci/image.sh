#!/bin/sh
# The suite on the image's Python, from the image's own layers: as root, as the image's user, and then
# the tests of the image itself. Needs Docker; PYTHON_IMAGE names another base image. SUITE and SUITE_CONTAINER
# narrow the two, for a trial of the workflow itself.
#   CONTAINERS   folder with stand-ins.sh, for a machine that reaches no image registry
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 45 "$@"

# shellcheck source=scripts/ci/images.sh
. scripts/ci/images.sh
tag=calminer:test
docker build --quiet --network host --target test --tag "$tag" \
    --build-arg "PYTHON_IMAGE=${PYTHON_IMAGE:-python:3.13-slim-trixie}" .

# shellcheck disable=SC2086
set -- ${SUITE:-}
[ $# -eq 0 ] || set -- .venv/bin/python -m pytest "$@"
# One red run must not hide the others.
failed=0
# suite USER PROFILE PYTEST...: every example of every property once, as root; a few as the image's user.
suite() {
    printf 'The suite in the image, as user %s\n' "$1"
    user=$1 profile=$2
    shift 2
    docker run --rm --init --network host --user "$user" --env CI=true --env HYPOTHESIS_PROFILE="$profile" "$tag" "$@" \
        || failed=1
}
suite 0 thorough "$@"
suite 10001 ci "$@"
# shellcheck disable=SC2086
sh scripts/test.sh tests/image -m container ${SUITE_CONTAINER:-} || failed=1
exit "$failed"
