#!/bin/sh
# Promote DIGEST to acceptance or production: sh scripts/ci/promote.sh production
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 30 "$@"

exec sh scripts/promote.sh "${DIGEST:-}" "${1:-}"
