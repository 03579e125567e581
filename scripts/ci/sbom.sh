#!/bin/sh
# What is in the image of this commit, as CycloneDX: .calminer/reports/sbom.json
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 10 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/ci/tools.sh
. scripts/ci/tools.sh
bring_tools
image=${1:-calminer:$(sh scripts/version.sh --revision)}
docker run --rm --network none --entrypoint dpkg-query "$image" --show \
    --showformat '${Package}\t${Version}\t${Architecture}\t${db:Status-Status}\n' >"$reports/debian.tsv"
"$tools/cyclonedx-py" requirements requirements.txt --pyproject pyproject.toml --mc-type application \
    --output-format JSON --output-file "$reports/python.json" >/dev/null
"$tools/python" scripts/ci/sbom.py "$reports/python.json" "$reports/debian.tsv" >"$reports/sbom.json"
rm "$reports/python.json" "$reports/debian.tsv"
