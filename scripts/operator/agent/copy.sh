#!/bin/sh
# Copies verified sets to a second place with restic, encrypted: a folder, SFTP, S3 or whatever RESTIC_REPOSITORY names.
#
#   copy SET                  a set into the repository, which is made on first use, then checked
#   fetch SET|latest          a set from the repository into BACKUPS/sets; says its name
#   thin DAYS WEEKS MONTHS    forget older copies
set -eu

: "${BACKUPS:=/backups}" "${SPOOL:=$BACKUPS/.spool/copy}" "${RESTIC_REPOSITORY:?}" "${RESTIC_PASSWORD_FILE:?}"
export RESTIC_REPOSITORY RESTIC_PASSWORD_FILE
export RESTIC_CACHE_DIR="${RESTIC_CACHE_DIR:-/tmp/restic}" RESTIC_PROGRESS_FPS=0

# The host is one that known_hosts in SFTP names, or nothing is sent.
: "${SFTP:=/sftp}"
sftp="-F none -i $SFTP/key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes"
sftp="$sftp -o UserKnownHostsFile=$SFTP/known_hosts -o GlobalKnownHostsFile=/dev/null -o ServerAliveInterval=15"

restic() { command restic --option sftp.args="$sftp" "$@"; }

# Goes on for a quarter of an hour where an S3 refuses its key, so first it is asked what is there at all.
: "${REACH_SECONDS:=60}"
NO_REPOSITORY=10
NO_ANSWER=124

reach() {
    code=0
    timeout "$REACH_SECONDS" restic --option sftp.args="$sftp" cat config >/dev/null || code=$?
    [ "$code" != 143 ] || code=$NO_ANSWER
    case $code in
        0 | "$NO_REPOSITORY") ;;
        "$NO_ANSWER") printf '%s gave no good answer within %s s.\n' "$RESTIC_REPOSITORY" "$REACH_SECONDS" >&2 ;;
        *) printf '%s cannot be used.\n' "$RESTIC_REPOSITORY" >&2 ;;
    esac
    return "$code"
}

copy() {
    code=0
    reach || code=$?
    case $code in
        0) ;;
        "$NO_REPOSITORY") restic init --quiet ;;
        *) return "$code" ;;
    esac
    restic backup --quiet --host calminer --tag "$1" "$BACKUPS/sets/$1"
    restic check --quiet
}

fetch() {
    reach
    fetched=$BACKUPS/.fetched
    rm -rf "$fetched"
    if [ "$1" = latest ]; then
        restic restore latest --quiet --host calminer --target "$fetched"
    else
        restic restore latest --quiet --host calminer --tag "$1" --target "$fetched"
    fi
    manifest=$(find "$fetched" -name manifest.json | head -n 1)
    name=$(basename "$(dirname "$manifest")")
    mkdir -p "$BACKUPS/sets"
    if [ ! -d "$BACKUPS/sets/$name" ]; then mv "$(dirname "$manifest")" "$BACKUPS/sets/$name"; fi
    rm -rf "$fetched"
    printf '%s\n' "$name"
}

thin() {
    restic forget --quiet --host calminer --group-by host --keep-last 1 --keep-daily "$1" --keep-weekly "$2" \
        --keep-monthly "$3" --prune
}

VERBS='copy fetch thin'
# shellcheck source=scripts/operator/agent/loop.sh
. "$(dirname -- "$0")/loop.sh"
serve
