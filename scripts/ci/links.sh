#!/bin/sh
# Addresses in the documentation that nobody answers any more.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 20 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
python=$(find_python) || fail 'no Python 3.11 to 3.14 was found.'
exec "$python" scripts/ci/links.py README.md CONTRIBUTING.md docs infra
