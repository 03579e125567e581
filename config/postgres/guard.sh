#!/bin/sh
# Runs before the image's own entry point and refuses a volume that this image must not touch: it would start with
# an empty cluster beside the data of another major version, or fail half-way on files of another owner.
set -eu

root=${GUARD_ROOT:-/var/lib/postgresql}

refuse() {
    printf 'postgres: refused: %s\n' "$1" >&2
    printf 'postgres: run: %s\n' "$2" >&2
    [ -z "${GUARD_ONLY:-}" ] || exit 78
    # A restart policy would repeat this as fast as it can.
    sleep "${GUARD_PAUSE:-10}"
    exit 78
}

for version in "$root"/PG_VERSION "$root"/*/PG_VERSION "$root"/*/*/PG_VERSION; do
    [ -e "$version" ] || continue
    found=$(cat "$version" 2>/dev/null) || refuse "$version cannot be read by user $(id -u)." \
        'scripts/calminer init --repair'
    [ "$found" = "$PG_MAJOR" ] || refuse \
        "the volume holds data of PostgreSQL $found, this image is PostgreSQL $PG_MAJOR. Nothing was changed." \
        "scripts/calminer pg-upgrade, or set POSTGRES_IMAGE back to a postgres:$found image"
done
[ -z "${GUARD_ONLY:-}" ] || exit 0
if ! { touch "$root/.guard" && rm "$root/.guard"; } 2>/dev/null; then
    refuse "user $(id -u) may not write in $root, which belongs to user $(stat -c %u "$root")." \
        'scripts/calminer init --repair'
fi
if [ -d "$PGDATA" ] && [ "$(stat -c %u "$PGDATA")" != "$(id -u)" ]; then
    refuse "$PGDATA belongs to user $(stat -c %u "$PGDATA"), this container runs as user $(id -u)." \
        'scripts/calminer init --repair'
fi
exec docker-entrypoint.sh "$@"
