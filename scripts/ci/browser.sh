#!/bin/sh
# The browser tests, with Debian's Chromium brought where it is missing (needs root for that).
# SUITE_BROWSER narrows them, for a trial of the workflow itself.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 30 "$@"

if ! command -v chromium >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
# shellcheck disable=SC2086
exec sh scripts/test.sh -m browser ${SUITE_BROWSER:-}
