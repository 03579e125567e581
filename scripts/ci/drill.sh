#!/bin/sh
# The restore drill: backups made, damaged, restored and counted on a real PostgreSQL.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 40 "$@"

exec sh scripts/test.sh tests/operate/test_backup.py tests/operate/test_damage.py
