#!/bin/sh
# The restore drill: backups made, damaged, restored and counted, on real containers.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 40 "$@"

exec sh scripts/test.sh -m 'container or not container' -k 'backup or restore or damage or power_cut' tests/operate
