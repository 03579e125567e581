#!/bin/sh
# Every static check, and a badge that says how it went.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 15 "$@"

code=0
sh scripts/lint.sh || code=$?
[ "$code" -eq 0 ] && word=clean || word=failed
printf '%s\n' "$word" >"$reports/lint.txt"
.venv/bin/python scripts/ci/badges.py "$reports"
exit "$code"
