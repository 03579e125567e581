#!/bin/sh
# PostgreSQL calls it with WAL_ARCHIVE=on for each finished segment of its log, in its data folder:
#   archive.sh PATH NAME
# Keeps the segment compressed, in a folder of this cluster. The same again is well; another under its name is refused,
# and PostgreSQL then keeps its own and asks again.
set -eu

cluster=$(pg_controldata . | sed -n 's/^Database system identifier: *//p')
folder=${WAL_FOLDER:-/backups/wal}/${cluster:?}
kept=$folder/$2.gz
mkdir -p "$folder"
if [ -e "$kept" ]; then
    gunzip -c "$kept" | cmp -s - "$1" && exit 0
    printf 'archive: %s is there already and holds something else\n' "$kept" >&2
    exit 1
fi
gzip -1 -c "$1" >"$kept.part"
sync "$kept.part"
mv "$kept.part" "$kept"
sync "$folder"
