#!/bin/sh
# The suite on the image's Python, from the image's own layers: as root, as the image's user, and then
# the tests of the image itself. Needs Docker; PYTHON_IMAGE names another base image.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/../.."

tag=calminer:test
docker build --quiet --network host --target test --tag "$tag" \
    --build-arg "PYTHON_IMAGE=${PYTHON_IMAGE:-python:3.13-slim-trixie}" .

# One red run must not hide the others.
failed=0
# suite USER PROFILE: every example of every property once, as root; a few as the image's user.
suite() {
    printf 'The suite in the image, as user %s\n' "$1"
    docker run --rm --init --network host --user "$1" --env CI=true --env HYPOTHESIS_PROFILE="$2" "$tag" || failed=1
}
suite 0 thorough
suite 10001 ci
sh scripts/test.sh -m container || failed=1
exit "$failed"
