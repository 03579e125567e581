#!/bin/sh
# The only thing that a deploy key can run on a host, as its forced command. Understands
#
#   deploy sha256:DIGEST    upgrade to the image with this digest; the same again while it runs, or after the
#                           connection was lost, waits for it and ends like it
#   rollback                back to the image that ran before
#   status                  what runs, and how the last request ended
#
# The work goes on when the connection does not. One request at a time; each leaves two lines in the audit log.
# Exit codes: 64 not understood, 69 not set up, 70 died, 75 another request is running; all others are those of
# scripts/calminer: 0 done, 3 refused before anything was changed, 6 failed and rolled back.
#
#   gate.sh WHO [--config FILE]     WHO names the key in the audit log; the request is in SSH_ORIGINAL_COMMAND
set -eu
umask 027
LC_ALL=C
export LC_ALL

who=${1:-unknown} from=${SSH_CONNECTION:-here}
config=/etc/calminer/gate.conf
[ "${2:-}" != --config ] || config=$3

fail() { # CODE TEXT
    printf 'gate: %s\n' "$2" >&2
    exit "$1"
}

[ -r "$config" ] || fail 69 "there is no $config"
# shellcheck source=/dev/null
. "$config"
: "${BUNDLE:?}" "${REPOSITORY:?}" "${STATE:?}" "${AUDIT:?}"
mkdir -p "$STATE"

# TEXT: one line, whatever the text is made of.
audit() {
    printf '%s %s from=%s id=%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$who" "${from%% *}" "$id" \
        "$(printf '%s' "$1" | tr -c '[:alnum:]:._/=@ -' '?' | cut -c1-200)" >>"$AUDIT"
}

calminer() { (cd "$BUNDLE" && exec ./scripts/calminer "$@"); }

# Runs with the lock held and nobody to talk to.
work() { # VERB [IMAGE]
    code=0
    case $1 in
        deploy) { docker pull --quiet "$2" && calminer upgrade "$2"; } || code=$? ;;
        rollback) calminer rollback || code=$? ;;
    esac
    printf '%s\n' "$code" >"$STATE/$id.code.new"
    mv "$STATE/$id.code.new" "$STATE/$id.code"
    audit "ended code=$code"
}

# Shows what the work says until it ends, and ends like it.
follow() { # ID
    shown=0
    while :; do
        finished=$(cat "$STATE/$1.code" 2>/dev/null || true)
        size=$(wc -c <"$STATE/$1.log")
        if [ "$size" -gt "$shown" ]; then
            tail -c "+$((shown + 1))" "$STATE/$1.log" | head -c "$((size - shown))"
            shown=$size
        elif [ -n "$finished" ]; then
            exit "$finished"
        elif flock --nonblock "$STATE/lock" true && [ ! -e "$STATE/$1.code" ]; then
            fail 70 'the work died without a word; ask for the status'
        fi
        sleep 0.2
    done
}

# Begin, or join what is the same and running.
request() { # REQUEST VERB [IMAGE]
    wanted=$1
    shift
    exec 9>>"$STATE/lock"
    if ! flock --nonblock 9; then
        { [ -e "$STATE/current" ] && read -r running request <"$STATE/current"; } || fail 75 'another request begins just now; try again'
        [ "$request" = "$wanted" ] || { audit 'refused busy'; fail 75 "another request is running: $request"; }
        audit "joined $running"
        exec 9>&-
        follow "$running"
    fi
    find "$STATE" -maxdepth 1 -name '*.[cl]o[dg]*' -mtime +90 -delete
    : >"$STATE/$id.log"
    printf '%s %s\n' "$id" "$wanted" >"$STATE/current"
    # Its own session: a lost connection ends what talks, not what works.
    setsid sh "$0" "$who" --config "$config" --work "$id" "$@" </dev/null >>"$STATE/$id.log" 2>&1 &
    exec 9>&-
    follow "$id"
}

status() {
    calminer status && code=0 || code=$?
    if [ -e "$STATE/current" ] && read -r last request <"$STATE/current"; then
        printf 'gate: last request %s: %s, %s\n' "$last" "$request" \
            "$(cat "$STATE/$last.code" 2>/dev/null | sed 's/^/code /' | grep . || echo 'not ended')"
    fi
    exit "$code"
}

if [ "${4:-}" = --work ]; then
    id=$5
    shift 5
    trap '' HUP PIPE
    work "$@"
    exit 0
fi

id=$(date -u +%Y%m%dT%H%M%SZ)-$$
asked=${SSH_ORIGINAL_COMMAND:-}
audit "asked $asked"
digest=${asked#deploy sha256:}
case $asked in
    status) status ;;
    rollback) request rollback rollback ;;
    "deploy sha256:$digest")
        case $digest in *[!0-9a-f]*) digest= ;; esac
        [ "${#digest}" -eq 64 ] || { audit 'refused'; fail 64 'a digest is sha256: and 64 hexadecimal digits'; }
        request "$asked" deploy "$REPOSITORY@sha256:$digest"
        ;;
    *)
        audit 'refused'
        fail 64 'understood are: deploy sha256:DIGEST, rollback, status'
        ;;
esac
