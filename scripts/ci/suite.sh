#!/bin/sh
# The suite with coverage: .calminer/reports gets results (JUnit), coverage (XML and HTML) and badges.
# SUITE narrows it to some tests, for a trial of the workflow itself.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 30 "$@"

# shellcheck disable=SC2086
set -- ${SUITE:-}
[ $# -gt 0 ] || set -- --numprocesses auto --maxprocesses 4
code=0
sh scripts/test.sh "$@" --junitxml="$reports/tests.xml" --cov=app --cov-branch \
    --cov-report="xml:$reports/coverage.xml" --cov-report="html:$reports/coverage" --cov-report= || code=$?
.venv/bin/python scripts/ci/badges.py "$reports" || code=1
exit "$code"
