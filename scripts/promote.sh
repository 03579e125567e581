#!/bin/sh
# Promote a digest, never a build: dev to acceptance, acceptance to production.
#   sh scripts/promote.sh sha256:DIGEST acceptance|production
# Needs what deploy.sh needs, for the host that it goes to. Refused unless the environment before runs it.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/registry.sh
. scripts/registry.sh

digest=${1:-} to=${2:-}
need REGISTRY_URL
case $to in
    acceptance) from=dev ;;
    production) from=acceptance ;;
    *) stop 'promoted is to acceptance or production' 64 ;;
esac
case $digest in sha256:*) ;; *) stop 'promoted is a digest, not a tag' 64 ;; esac

found=$(registry_login && digest_of "$REGISTRY_URL:$from")
[ "$found" = "$digest" ] || stop "$from runs ${found:-nothing}, not $digest: deploy it there first"
EXPECT_DIGEST=$digest exec sh scripts/deploy.sh deploy "$digest" "$to"
