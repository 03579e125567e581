#!/bin/sh
# The compiled kernel's tests on a library that checks every address and every arithmetic step, with Debian's gcc
# brought where it is missing (needs root for that); and whether it compiles for machines that CI has none of.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 10 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
if ! command -v gcc >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null
fi
install kernel --extra embedded --group test --group lint --group kernel
.venv/bin/python scripts/build_kernel.py --try aarch64-macos aarch64-linux-gnu
.venv/bin/python scripts/build_kernel.py --required --with cc --sanitize
code=0
LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 \
    .venv/bin/python -m pytest tests/engine/native tests/engine/returns --numprocesses 0 "$@" || code=$?
.venv/bin/python scripts/build_kernel.py --required --with cc
exit "$code"
