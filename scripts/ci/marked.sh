#!/bin/sh
# The tests of one mark that take longer than the suite: sh scripts/ci/marked.sh faults|fuzz
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 20 "$@"

exec sh scripts/test.sh -m "$1" --numprocesses 0 -rP
