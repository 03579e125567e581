#!/bin/sh
# Build the image of this commit and push it; what both need is said in build.sh and push.sh.
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
sh scripts/build.sh
exec sh scripts/push.sh
