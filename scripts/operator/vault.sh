# shellcheck shell=sh
# Sourced by the commands about backups: the services of the profile `backup`, asked one question at a time.

BAD_BACKUP=7
readonly BAD_BACKUP
: "$BAD_BACKUP"

# What is said to a person, on every way out of a backup question.
answer=

# Starts what a backup needs; `leave_vault` stops it again where it is not there to stay.
enter_vault() {
    require_image "$(app_image)"
    require_image "$(postgres_image)"
    work_folder
    start_database
    # Whoever asks the tools waits for them; the server has to be there.
    if ! { compose --profile backup up --detach --no-deps backup-tools >&2 \
        && compose --profile backup up --detach --no-deps --wait --wait-timeout 300 backup-scratch >&2; }; then
        fail "$FAILED" 'the services that make backups did not start.' \
            'Look: scripts/calminer logs backup-tools backup-scratch'
    fi
    [ "$(setting CALMINER_BACKUP_COPY)" != true ] || compose --profile backup-copy up --detach --no-deps backup-copy >&2 \
        || fail "$FAILED" 'the service that copies backups elsewhere did not start.' \
            'It needs RESTIC_REPOSITORY in the settings and secrets/backup_password.'
}

leave_vault() {
    profile_is_on backup || compose --profile backup --profile backup-copy rm --stop --force \
        backup-scratch backup-tools backup-copy >/dev/null 2>&1 || true
}

# ask_vault QUESTION [ARGUMENT...]: the answer's words are said, its facts become the fact `backup`, its exit code is
# handed on. Exit codes are those of scripts/calminer.
ask_vault() {
    compose --progress quiet --profile backup run --rm --no-deps --no-TTY backup \
        python -m app.operate.backup "$@" --json >"$work/answer" 2>"$work/errors" && code=0 || code=$?
    if [ ! -s "$work/answer" ]; then
        warn "$(tail -n 3 "$work/errors")"
        answer='the image did not answer about backups.'
        return 1
    fi
    fact_raw backup "$(head -n 1 "$work/answer")"
    answer=$(tail -n +2 "$work/answer")
    return "$code"
}

# The name of the set that the last answer is about.
answered_set() { head -n 1 "$work/answer" | sed -n 's/.*"set": "\([0-9TZ]*\)".*/\1/p'; }

# ask_and_tell QUESTION [ARGUMENT...]: the whole of a command that asks one question.
ask_and_tell() {
    enter_vault
    ask_vault "$@" && code=0 || code=$?
    leave_vault
    if [ "$code" -ne 0 ]; then
        first=$(printf '%s\n' "$answer" | head -n 1)
        printf '%s\n' "$answer" | tail -n +2 >&2
        fail "$code" "$first"
    fi
    say "$answer"
    # Printed by the way out of every command.
    # shellcheck disable=SC2034
    message=$(printf '%s\n' "$answer" | head -n 1)
}
