# shellcheck shell=sh
# Restores a backup into a scratch database and compares it with what it was made of.

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer verify [SET | --all]

Proves the newest set, one by its name, or all of them. The live database is not touched. Exit code 7 says that one is
damaged; it is reported and kept.
TEXT
}

run() {
    case ${1:-} in
        -*) [ "$1" = --all ] || usage_error "verify does not know '$1'." ;;
    esac
    require_env_file
    require_engine
    hold_lock
    ask_and_tell verify "$@"
}
