#!/bin/sh
# Put the reports where people find them: REPORTS_URL/REPORTS_PLACE/FILE, for instance the generic packages of
# Gitea (https://gitea.example.com/api/packages/OWNER/generic/calminer). Without REPORTS_URL they stay here.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 5 "$@"

if [ -z "${REPORTS_URL:-}" ]; then
    printf 'publish.sh: REPORTS_URL is not set; the reports stay in %s\n' "$reports"
    exit 0
fi
place=$(printf '%s' "${REPORTS_PLACE:?}" | tr -c 'A-Za-z0-9._-' '-')
[ ! -d "$reports/coverage" ] || tar -C "$reports" -czf "$reports/coverage.tar.gz" coverage
umask 077
login=$(mktemp)
trap 'rm -f "$login"' EXIT
[ -z "${REGISTRY_USERNAME:-}" ] || printf 'user = "%s:%s"\n' "$REGISTRY_USERNAME" "${REGISTRY_PASSWORD:?}" >"$login"
for file in "$reports"/*.*; do
    # A package keeps what it has; a badge of a branch has to change.
    address=$REPORTS_URL/$place/${file##*/}
    curl --silent --config "$login" --request DELETE --output /dev/null "$address" || true
    curl --fail --silent --show-error --retry 3 --config "$login" --upload-file "$file" "$address"
    printf 'publish.sh: %s\n' "$address"
done
