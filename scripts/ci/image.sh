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
for user in 0 10001; do
    printf 'The suite in the image, as user %s\n' "$user"
    docker run --rm --init --network host --user "$user" --env CI=true "$tag" || failed=1
done
sh scripts/test.sh tests/image -m container || failed=1
exit "$failed"
