#!/bin/sh
# The version, from the tags: 1.2.3 on the commit tagged v1.2.3, 1.2.3-dev.4.gabc1234 four commits later, and
# 0.0.0-dev.N.gabc1234 before the first tag. --revision: the commit. --time: when it was made [Unix seconds].
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."

case ${1:-} in
    --revision) git rev-parse HEAD ;;
    --time) git log -1 --format=%ct ;;
    '')
        dirty=
        [ -z "$(git status --porcelain --untracked-files=no)" ] || dirty=.dirty
        if described=$(git describe --tags --long --abbrev=7 --match 'v[0-9]*.[0-9]*.[0-9]*' 2>/dev/null); then
            commit=${described##*-}
            described=${described%-*}
            count=${described##*-}
            version=${described%-*}
            version=${version#v}
        else
            commit=g$(git rev-parse --short=7 HEAD) count=$(git rev-list --count HEAD) version=0.0.0
        fi
        if [ "$count" -eq 0 ] && [ -z "$dirty" ]; then
            printf '%s\n' "$version"
        else
            printf '%s-dev.%s.%s%s\n' "$version" "$count" "$commit" "$dirty"
        fi
        ;;
    *) printf 'version.sh: unknown option %s\n' "$1" >&2; exit 64 ;;
esac
