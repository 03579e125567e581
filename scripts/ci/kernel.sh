#!/bin/sh
# The compiled kernel's tests on a library that checks every address and every arithmetic step; needs gcc.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 10 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
command -v gcc >/dev/null || fail 'gcc is needed.' 'Debian: apt install gcc libc6-dev'
install test --extra embedded --group test --group lint
.venv/bin/python scripts/build_kernel.py --required --with cc --sanitize
code=0
LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 \
    .venv/bin/python -m pytest tests/engine/native --numprocesses 0 "$@" || code=$?
.venv/bin/python scripts/build_kernel.py --required --with cc
exit "$code"
