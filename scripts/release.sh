#!/bin/sh
# The archive of a release, signed. Run on the commit that is tagged vX.Y.Z.
#   sh scripts/release.sh KEY                      dist/calminer-X.Y.Z.tar.gz, .sig, and SHA256SUMS
#   sh scripts/release.sh --check                  is this commit fit for a release?
#   sh scripts/release.sh --verify ARCHIVE SIGNERS is the archive what a signer signed? (SIGNERS: allowed_signers)
# KEY is an SSH private key; the public one stands in config/allowed_signers as "release ssh-ed25519 ...".
set -eu

unset CDPATH
stop() {
    printf 'release.sh: %s\n' "$1" >&2
    exit 1
}

if [ "${1:-}" = --verify ]; then
    exec ssh-keygen -Y verify -f "$3" -I release -n calminer-release -s "$2.sig" <"$2"
fi
key=${1:-}
case $key in
    '') stop 'which key signs? (or --check, --verify)' ;;
    --check) ;;
    /*) ;;
    *) key=$(pwd)/$key ;;
esac
cd -- "$(dirname -- "$0")/.."

version=$(sh scripts/version.sh)
case $version in
    *-dev.*) stop "this commit is $version, not a release: tag it vX.Y.Z, with nothing left to commit" ;;
esac
stated=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -1)
[ "$stated" = "$version" ] || stop "the tag says $version, pyproject.toml says $stated"
grep -q "^## $version - [0-9]\{4\}-[0-9][0-9]-[0-9][0-9]$" CHANGELOG.md || stop "CHANGELOG.md has no line: ## $version - YYYY-MM-DD"
[ "$key" != --check ] || exit 0

mkdir -p dist
archive=calminer-$version.tar.gz
# The same commit gives the same bytes: git dates every file by the commit, gzip -n leaves the clock out.
git archive --format=tar --prefix="calminer-$version/" HEAD | gzip -n9 >"dist/$archive"
rm -f "dist/$archive.sig"
ssh-keygen -q -Y sign -f "$key" -n calminer-release "dist/$archive"
(cd dist && sha256sum "$archive" "$archive.sig" >SHA256SUMS)
printf 'dist/%s\n' "$archive"
