#!/bin/sh
# Build the image of this commit: calminer:COMMIT, named in dist/image.json.
#   sh scripts/build.sh [NAME]      NAME instead of calminer
#
# PYTHON_IMAGE  another base image
# BUILD_CACHE   registry reference that layers are taken from, and kept in where the builder can
# BUILD_NETWORK network of the build steps (host where the builder has no bridge to the package index)
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."

name=${1:-calminer}
revision=$(sh scripts/version.sh --revision)
version=$(sh scripts/version.sh)
SOURCE_DATE_EPOCH=$(sh scripts/version.sh --time)
export SOURCE_DATE_EPOCH
case $version in
    *.dirty) printf 'build.sh: there are changes that are not committed; the image would not be the commit.\n' >&2; exit 1 ;;
esac

set -- --tag "$name:$revision" --pull=false \
    --label "org.opencontainers.image.revision=$revision" \
    --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"
[ -z "${PYTHON_IMAGE:-}" ] || set -- "$@" --build-arg "PYTHON_IMAGE=$PYTHON_IMAGE"
[ -z "${BUILD_NETWORK:-}" ] || set -- "$@" --network "$BUILD_NETWORK"
if [ -n "${BUILD_CACHE:-}" ]; then
    # The engine's own builder keeps a cache only inside the image; a builder of buildx writes one beside it.
    if docker buildx inspect | grep -q '^Driver: *docker$'; then
        set -- "$@" --cache-from "type=registry,ref=$BUILD_CACHE" --cache-to type=inline
    else
        set -- "$@" --load --cache-from "type=registry,ref=$BUILD_CACHE" --cache-to "type=registry,ref=$BUILD_CACHE,mode=max"
    fi
fi
docker buildx build "$@" .

mkdir -p dist
printf '{"image": "%s:%s", "revision": "%s", "version": "%s"}\n' "$name" "$revision" "$revision" "$version" >dist/image.json
cat dist/image.json
