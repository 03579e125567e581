#!/bin/sh
# Keep the lock and what is exported from it in step; needs uv.
#   sh scripts/lock.sh                update uv.lock from pyproject.toml, export the requirements files
#   sh scripts/lock.sh --check-lock   fail when uv.lock does not belong to pyproject.toml
#   sh scripts/lock.sh --check        fail when a requirements file does not belong to uv.lock
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh
find_uv

# export FILE OPTION...
export_to() {
    file=$1
    shift
    {
        printf '# Exported from uv.lock by scripts/lock.sh; do not edit.\n'
        "$uv" export --quiet --locked --no-header --no-annotate --no-default-groups --no-emit-project "$@"
    } >"$file"
}

export_all() {
    export_to "$1/requirements.txt"
    export_to "$1/requirements-test.txt" --extra embedded --group test --group lint
    export_to "$1/scripts/uv-requirements.txt" --only-group uv
}

case ${1:-} in
    '')
        "$uv" lock
        export_all .
        ;;
    --check-lock)
        "$uv" lock --check --quiet || fail 'uv.lock does not belong to pyproject.toml.' 'Run: sh scripts/lock.sh'
        ;;
    --check)
        fresh=$(mktemp -d)
        trap 'rm -rf "$fresh"' EXIT
        mkdir "$fresh/scripts"
        export_all "$fresh"
        for file in requirements.txt requirements-test.txt scripts/uv-requirements.txt; do
            cmp -s "$file" "$fresh/$file" || fail "$file does not belong to uv.lock." 'Run: sh scripts/lock.sh'
        done
        ;;
    *) fail "unknown option $1; there are --check-lock and --check." ;;
esac
