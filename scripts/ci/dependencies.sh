#!/bin/sh
# What could be newer, and what is known against what is locked: .calminer/reports/dependencies.txt
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 15 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/ci/tools.sh
. scripts/ci/tools.sh
bring_tools
find_uv
{
    printf '# Updates that the version ranges allow\n'
    "$uv" lock --upgrade --dry-run 2>&1
    printf '\n# Packages that have a newer version\n'
    "$uv" tree --locked --all-groups --outdated --depth 1 2>/dev/null | grep latest || echo none
    printf '\n# Known vulnerabilities in everything that is locked, development tools included\n'
    "$tools/pip-audit" --requirement requirements-test.txt --require-hashes --disable-pip --no-deps --progress-spinner off 2>&1 || true
} | tee "$reports/dependencies.txt"
