#!/bin/sh
# The gate: findings in the image of this commit that an update would mend. Waived are those that
# config/waivers.toml names, until the day that it names. A scanner that could not look fails the gate.
# Trivy joins in where the runner has it.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 15 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/ci/tools.sh
. scripts/ci/tools.sh
bring_tools
image=${1:-calminer:$(sh scripts/version.sh --revision)}

"$tools/pip-audit" --requirement requirements.txt --require-hashes --disable-pip --no-deps \
    --format json --output "$reports/pip-audit.json" --progress-spinner off || [ -s "$reports/pip-audit.json" ]
# Security updates of Debian that the image does not have yet: what apt would install from the security archive.
docker run --rm --user 0 --network "${SCAN_NETWORK:-bridge}" --entrypoint sh "$image" -ec '
    . /etc/os-release
    echo "deb http://deb.debian.org/debian-security $VERSION_CODENAME-security main" >/etc/apt/sources.list
    rm -f /etc/apt/sources.list.d/*
    apt-get update -qq
    apt-get --simulate --quiet upgrade' >"$reports/debian-security.txt"
set -- "$reports/pip-audit.json" "$reports/debian-security.txt"
if command -v trivy >/dev/null 2>&1; then
    trivy image --quiet --format json --output "$reports/trivy.json" "$image"
    set -- "$@" "$reports/trivy.json"
fi
exec "$tools/python" scripts/ci/gate_findings.py --waivers config/waivers.toml "$@"
