# shellcheck shell=sh
# Makes a backup that counts: dumped, restored into a scratch database, compared.

# `message` is printed by the way out of every command.
# shellcheck disable=SC2034

# shellcheck source=scripts/operator/vault.sh
. "$operator/vault.sh"

help() {
    cat <<'TEXT'
Usage: scripts/calminer backup [--list | --status | --no-verify]

Dumps the database with its own server's programs, restores the dump into a scratch database, compares every table,
and thins out old sets; the newest verified one is never deleted. The profile `backup` does the same on a schedule.

  --list        every set and its state, after reading every byte; how much could be lost, how long a restore takes
  --status      quickly: is the newest verified set recent enough?
  --no-verify   only make it; it counts once `scripts/calminer verify` was run
TEXT
}

run() {
    case ${1:-} in
        '') question=now ;;
        --list) question=list ;;
        --status) question=status ;;
        --no-verify) question='make' ;;
        *) usage_error "backup does not know '$1'." ;;
    esac
    require_env_file
    require_engine
    case $question in
        now | make)
            hold_lock
            ask_and_tell "$question"
            ;;
        *)
            require_image "$(app_image)"
            work_folder
            ask_vault "$question" && code=0 || code=$?
            say "$answer"
            [ "$code" -eq 0 ] || fail "$code" 'the backups are not what they should be.'
            message=$(printf '%s\n' "$answer" | head -n 1)
            ;;
    esac
}
