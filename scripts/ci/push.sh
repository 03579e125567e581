#!/bin/sh
# Push what was built, tested and scanned; needs REGISTRY_URL, REGISTRY_USERNAME, REGISTRY_PASSWORD.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 15 "$@"

sh scripts/push.sh
cp dist/image.json "$reports/"
