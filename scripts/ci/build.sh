#!/bin/sh
# Build the image of the commit.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 20 "$@"

exec sh scripts/build.sh
