# shellcheck shell=sh
# A new password: first into a file beside the old one, then into the database, then into place, then into the processes.

help() {
    cat <<'TEXT'
Usage: scripts/calminer rotate-db-password [--forgotten]

Gives the role of the settings a new random password, writes it to the folder of secrets and starts the processes that
use it again, a second one beside `api` first, so that pages go on being answered. An attempt that was cut off is
finished by the next one.

  --forgotten   nobody knows the old password; for the profile local-db, through the server's own socket
TEXT
}

run() {
    forgotten=
    case ${1:-} in
        '') ;;
        --forgotten) forgotten=yes ;;
        *) usage_error "rotate-db-password does not know '$1'." ;;
    esac
    require_env_file
    require_engine
    hold_lock
    work_folder
    secrets=$(secrets_folder)
    role=$(setting DATABASE_USER "$(default_of DATABASE_USER)")
    [ -z "$(setting DATABASE_PASSWORD)" ] || fail "$REFUSED" \
        "the password stands in $env_file itself, where other things read it too." \
        'Move it: DATABASE_PASSWORD_FILE=/run/secrets/database_password, and the password into secrets/database_password'
    if [ -s "$secrets/database_password.next" ]; then
        say 'Finishing a change that was cut off.'
    else
        (umask 077 && LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 48 >"$secrets/database_password.next")
    fi
    if [ -n "$forgotten" ]; then
        change_through_socket
    elif ! change_as_role database_password && ! change_as_role database_password.next; then
        rm -f "$secrets/database_password.next"
        fail "$FAILED" "the database did not take it: $(tail -n 1 "$work/errors")" 'Nothing was changed.'
    fi
    chmod 0444 "$secrets/database_password.next"
    mv "$secrets/database_password.next" "$secrets/database_password"
    restart_with_new_secret
    conclude "the role $role has a new password."
    say "The role $role has a new password; it is in $secrets/database_password."
}

statement() { printf "ALTER ROLE \"%s\" PASSWORD '%s'" "$role" "$(cat "$secrets/database_password.next")"; }

# The statement comes on standard input, so that no list of processes shows it. With the new password as the one to
# sign in with, it finds out whether an earlier attempt had come so far.
change_as_role() { # NAME of the file with the password to sign in with
    { printf '%s\n' "$(cat "$secrets/$1")"; statement; } | compose run --rm --no-deps --no-TTY \
        --entrypoint 'sh -c "read -r PGPASSWORD && export PGPASSWORD && exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1"' \
        dbtools 2>"$work/errors"
}

change_through_socket() {
    id=$(running postgres)
    [ -n "$id" ] || fail "$REFUSED" 'the service postgres does not run here.' 'Start it, or ask whoever runs the database.'
    statement | docker exec --interactive "$id" psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$role" \
        --dbname "$(setting DATABASE_NAME "$(default_of DATABASE_NAME)")" --host /var/run/postgresql 2>"$work/errors" \
        || fail "$FAILED" "the database did not take it: $(tail -n 1 "$work/errors")"
}

# A file that is mounted into a container stays the old one there until the container is made again.
restart_with_new_secret() {
    [ -n "$(running api)" ] || return 0
    NEXT_IMAGE=$(docker inspect --format '{{.Config.Image}}' "$(running api | head -n 1)")
    export NEXT_IMAGE
    compose --profile upgrade up --detach --no-deps --force-recreate api-next >&2 || fail "$FAILED" 'no second api came up.'
    wait_until_service_ready api-next 120 || fail "$FAILED" "the second api is not ready: $reason"
    sleep 3 # the proxy has to notice it
    drain api
    compose up --detach --force-recreate api >&2 || fail "$FAILED" 'api did not come up again; api-next still serves.'
    wait_until_service_ready api 120 || fail "$FAILED" "api is not ready; api-next still serves: $reason"
    sleep 3
    drain api-next
    compose --profile upgrade rm --stop --force api-next >&2
    if profile_is_on worker; then compose up --detach --force-recreate worker >&2; fi
}
