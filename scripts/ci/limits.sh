# shellcheck shell=sh
# Sourced first by every script that a workflow step calls: goes to the checkout's root, and carries its own
# time limit, because Gitea ignores timeout-minutes.
#   . "$(dirname -- "$0")/limits.sh"; limit MINUTES "$@"

limit() {
    unset CDPATH
    cd -- "$(dirname -- "$0")/../.." || exit 1
    if [ "${LIMITED:-}" != "$0" ]; then
        LIMITED=$0
        export LIMITED
        minutes=$1
        shift
        exec timeout --kill-after=30 "${minutes}m" sh "scripts/ci/${0##*/}" "$@"
    fi
    CI=true
    export CI
    reports=.calminer/reports
    mkdir -p "$reports"
}
