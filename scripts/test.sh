#!/bin/sh
# Run the whole test suite against a real PostgreSQL; arguments go to pytest:
#   sh scripts/test.sh                     everything but the browser and container tests
#   sh scripts/test.sh tests/engine        the engine alone, on several processes like the whole
#   sh scripts/test.sh tests/engine -k npv
#   sh scripts/test.sh -m browser          the browser tests (need Chromium)
# A throw-away server is used, unless DATABASE_HOST names one whose role may create databases.
set -eu

started=$(date +%s)
unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh

require_writable
install test --extra embedded --group test --group lint
build_kernel

# Several processes pay only for the whole suite, and for the engine as a whole.
case "$*" in
    "" | tests/engine) set -- "$@" --numprocesses auto --maxprocesses 4 ;;
esac
.venv/bin/python -m pytest "$@" && code=0 || code=$?
[ "$code" -ne 0 ] || say "Green $(($(date +%s) - started)) s after test.sh began, installing included."
exit "$code"
