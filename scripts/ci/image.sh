#!/bin/sh
# The suite on the image's Python, from the image's own layers: as root, as the image's user, and then
# the tests of the image itself. Needs Docker; PYTHON_IMAGE names another base image.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/../.."

tag=calminer:test
docker build --quiet --network host --target test --tag "$tag" \
    --build-arg "PYTHON_IMAGE=${PYTHON_IMAGE:-python:3.13-slim-trixie}" .

for user in 0 10001; do
    printf 'The suite in the image, as user %s\n' "$user"
    docker run --rm --init --network host --user "$user" --env CI=true "$tag"
done

exec sh scripts/test.sh -m container
