#!/bin/sh
# The browser tests, with Debian's Chromium brought where it is missing (needs root for that).
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/../.."

if ! command -v chromium >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
exec sh scripts/test.sh -m browser
