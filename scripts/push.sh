#!/bin/sh
# Push the image that build.sh built, by its commit and, on a release tag, by its version. A tag that exists
# never gets another image. The digest goes into dist/image.json: it is what is deployed and promoted.
# Needs REGISTRY_URL; REGISTRY_USERNAME and REGISTRY_PASSWORD where the registry asks for them.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/registry.sh
. scripts/registry.sh

need REGISTRY_URL
revision=$(sh scripts/version.sh --revision)
version=$(sh scripts/version.sh)
built=$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "calminer:$revision" 2>/dev/null) \
    || stop "there is no calminer:$revision; run scripts/build.sh"
[ "$built" = "$revision" ] || stop "calminer:$revision was built from $built"
registry_login

digest=$(digest_of "$REGISTRY_URL:$revision")
if [ -n "$digest" ]; then
    there=$(revision_of "$REGISTRY_URL@$digest")
    [ "$there" = "$revision" ] || stop "the tag $revision exists and was built from ${there:-nobody knows what}: it was moved"
    printf 'push.sh: %s is there already\n' "$revision"
else
    docker tag "calminer:$revision" "$REGISTRY_URL:$revision"
    docker push --quiet "$REGISTRY_URL:$revision" >/dev/null
    digest=$(digest_of "$REGISTRY_URL:$revision")
fi
case $version in
    *-dev.*) ;;
    *)
        there=$(digest_of "$REGISTRY_URL:v$version")
        [ -z "$there" ] || [ "$there" = "$digest" ] || stop "the release v$version exists and is $there, not $digest"
        [ -n "$there" ] || retag "$digest" "v$version"
        ;;
esac

printf '{"image": "%s@%s", "digest": "%s", "revision": "%s", "version": "%s"}\n' \
    "$REGISTRY_URL" "$digest" "$digest" "$revision" "$version" >dist/image.json
cat dist/image.json
