# shellcheck shell=sh
# Sourced by scripts/calminer before a subcommand: words, JSON, settings, Compose, the lock, Python from the image.
# A subcommand may read: $CALMINER_HOME, $env_file, $json, $command, $state.

# Exit codes, the same for every command; scripts/calminer --help says them.
FAILED=1 USAGE=2 REFUSED=3 NO_ENGINE=4 BUSY=5 ROLLED_BACK=6
readonly FAILED USAGE REFUSED NO_ENGINE BUSY ROLLED_BACK
# Used by some commands only.
: "$FAILED" "$USAGE" "$REFUSED" "$NO_ENGINE" "$BUSY" "$ROLLED_BACK"

COMPOSE_FILE_PROD=$CALMINER_HOME/docker-compose.prod.yml
state=$CALMINER_HOME/.operator
facts=
message=
work=

# ---- words -----------------------------------------------------------------------------------------------------

say() { if [ -n "$json" ]; then printf '%s\n' "$*" >&2; else printf '%s\n' "$*"; fi; }

warn() { printf 'calminer: %s\n' "$*" >&2; }

# conclude WORDS: the message of a command that went well.
conclude() { message=$1; }

# fail CODE MESSAGE [ADVICE...]: say why and what to do, and end.
fail() {
    code=$1 message=$2
    shift 2
    warn "$message"
    for line; do printf '  %s\n' "$line" >&2; done
    [ $# -eq 0 ] || fact advice "$(printf '%s\n' "$@")"
    finish "$code"
}

usage_error() {
    help >&2
    fail 2 "$1"
}

# ---- JSON ------------------------------------------------------------------------------------------------------

# The text as a JSON string. Control characters other than tab and newline are dropped.
json_string() {
    printf '%s' "$1" | LC_ALL=C tr -d '\000-\010\013-\037\177' | sed 's/\\/\\\\/g; s/"/\\"/g' | awk '
        BEGIN { printf "\"" }
        { gsub(/\t/, "\\t"); if (NR > 1) printf "\\n"; printf "%s", $0 }
        END { printf "\"" }'
}

# fact NAME TEXT, fact_raw NAME JSON: one more member of the object that --json prints.
fact() { facts="$facts,\"$1\":$(json_string "$2")"; }
fact_raw() { facts="$facts,\"$1\":$2"; }

begin() {
    trap 'interrupted' INT TERM HUP
    trap 'leave $?' EXIT
    mkdir -p "$state" 2>/dev/null || true
    case $env_file in
        '') env_file=$CALMINER_HOME/config/setup_production.env ;;
        /*) ;;
        *) env_file=$(pwd)/$env_file ;;
    esac
    # What Compose hands to the application.
    ENV_FILE=$env_file
    export ENV_FILE
}

interrupted() {
    message='interrupted.'
    warn "$message"
    exit "$FAILED"
}

# The way out of every command: code in, object out.
finish() { exit "$1"; }

leave() {
    trap - EXIT
    [ -z "$work" ] || rm -rf "$work"
    release_lock
    if [ -n "$json" ]; then
        [ "$1" -eq 0 ] && ok=true || ok=false
        printf '{"command":%s,"ok":%s,"exit":%s,"message":%s%s}\n' \
            "$(json_string "$command")" "$ok" "$1" "$(json_string "$message")" "$facts"
    fi
    exit "$1"
}

# Sets $work: a private folder that is gone when the command ends.
work_folder() {
    [ -n "$work" ] || work=$(mktemp -d)
}

# ---- settings --------------------------------------------------------------------------------------------------

require_env_file() {
    [ -r "$env_file" ] || fail "$REFUSED" "there are no settings at $env_file." 'Run: scripts/calminer init'
}

# setting NAME [DEFAULT]: the value in the env file, read as Compose reads it, never executed. The shell's own
# variable of that name wins, as it does with Compose.
setting() {
    eval "shell_value=\${$1-}"
    # shellcheck disable=SC2154
    value=$shell_value
    if [ -z "$value" ] && [ -r "$env_file" ]; then
        value=$(NAME=$1 awk '
            { sub(/\r$/, ""); sub(/^[ \t]*(export[ \t]+)?/, "") }
            index($0, ENVIRON["NAME"] "=") == 1 {
                v = substr($0, length(ENVIRON["NAME"]) + 2)
                if (v ~ /^".*"/) { sub(/^"/, "", v); sub(/".*$/, "", v) }
                else if (v ~ /^'\''.*'\''/) { sub(/^'\''/, "", v); sub(/'\''.*$/, "", v) }
                else { sub(/[ \t]+#.*$/, "", v); sub(/[ \t]+$/, "", v) }
                found = v
            }
            END { print found }' "$env_file")
    fi
    printf '%s\n' "${value:-${2:-}}"
}

# name_in_settings NAME VALUE: from here on the settings say so.
name_in_settings() {
    NAME=$1 VALUE=$2 awk '
        index($0, ENVIRON["NAME"] "=") == 1 { next }
        { print }
        END { print ENVIRON["NAME"] "=" ENVIRON["VALUE"] }' "$env_file" >"$env_file.new"
    chmod 600 "$env_file.new"
    mv "$env_file.new" "$env_file"
}

# in_home PATH: a path of the settings, which may be relative to the bundle's folder.
in_home() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$CALMINER_HOME/${1#./}" ;;
    esac
}

profile_is_on() { case ",$(setting COMPOSE_PROFILES)," in *",$1,"*) return 0 ;; *) return 1 ;; esac; }

app_image() { setting CALMINER_IMAGE "$(default_of CALMINER_IMAGE)"; }
postgres_image() { setting POSTGRES_IMAGE "$(default_of POSTGRES_IMAGE)"; }
traefik_image() { setting TRAEFIK_IMAGE "$(default_of TRAEFIK_IMAGE)"; }
postgres_volume() { setting POSTGRES_VOLUME "$(default_of POSTGRES_VOLUME)"; }
acme_volume() { setting ACME_VOLUME "$(default_of ACME_VOLUME)"; }
backups_folder() { in_home "$(setting BACKUPS_DIR "$(default_of BACKUPS_DIR)")"; }
secrets_folder() { in_home "$(setting SECRETS_DIR "$(default_of SECRETS_DIR)")"; }

# default_of NAME: what the Compose file takes where the settings say nothing; written there only.
default_of() { sed -n "s/.*\${$1:-\([^\${}]*\)}.*/\1/p" "$COMPOSE_FILE_PROD" | head -n 1; }

# ---- Docker ----------------------------------------------------------------------------------------------------

require_engine() {
    docker info >/dev/null 2>&1 || fail "$NO_ENGINE" 'no Docker engine answers.' \
        'Is it running (systemctl status docker)? Is this user in the group docker?'
    docker compose version >/dev/null 2>&1 || fail "$NO_ENGINE" 'Docker has no Compose plugin.' \
        'Install docker-compose-plugin (Docker) or docker-compose (Debian 13 and later).'
}

# Compose on this installation: project and profiles come from the env file (COMPOSE_PROJECT_NAME, COMPOSE_PROFILES).
compose() {
    docker compose --env-file "$env_file" --project-directory "$CALMINER_HOME" --file "$COMPOSE_FILE_PROD" "$@"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

require_image() {
    has_image "$1" || docker pull --quiet "$1" >/dev/null 2>&1 || fail "$REFUSED" "there is no image $1 on this host." \
        "Build it: docker build --tag $1 $CALMINER_HOME" 'or load it: docker load --input FILE'
}

# running SERVICE: the ids of its containers.
running() { compose ps --quiet --status running "$1" 2>/dev/null || true; }

# image_python ARGUMENT...: the image's Python on standard input and nothing else: no network, no settings.
image_python() {
    docker run --rm --interactive --init --network none --read-only --tmpfs /tmp --cap-drop ALL \
        --security-opt no-new-privileges --user 10001:10001 --entrypoint python "$(app_image)" "$@"
}

# app_python ARGUMENT...: the image's Python with the settings, the secrets and the networks of `api`.
app_python() {
    compose run --rm --no-deps --no-TTY --entrypoint python api "$@"
}

# as_root VOLUME_OR_FOLDER SCRIPT [ARGUMENT...]: a shell in the database's image, as root, with that one thing at
# /target and no network.
as_root() {
    target=$1 script=$2
    shift 2
    docker run --rm --init --network none --user 0:0 --volume "$target:/target" --entrypoint sh \
        "$(postgres_image)" -euc "$script" sh "$@"
}

# ---- the lock --------------------------------------------------------------------------------------------------

lock_folder=

# One operation at a time on this host. Goes with the process, also with a killed one.
hold_lock() {
    mkdir -p "$state" 2>/dev/null || fail "$REFUSED" "cannot write in $state." "Run as the owner of $CALMINER_HOME."
    if command -v flock >/dev/null 2>&1; then
        exec 9>>"$state/lock"
        flock -n 9 || fail "$BUSY" "another operation is running: $(cat "$state/holder" 2>/dev/null)" 'Wait for it.'
    else
        if ! mkdir "$state/lock.d" 2>/dev/null; then
            holder=$(cut -d' ' -f1 "$state/holder" 2>/dev/null)
            if [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null; then
                fail "$BUSY" "another operation is running: $(cat "$state/holder")" 'Wait for it.'
            fi
            warn 'took over the lock of an operation that died.'
        fi
        lock_folder=$state/lock.d
    fi
    printf '%s %s %s\n' "$$" "$command" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state/holder"
}

release_lock() { [ -z "$lock_folder" ] || rmdir "$lock_folder" 2>/dev/null || true; }

# shellcheck source=scripts/operator/running.sh
. "$operator/running.sh"

# shellcheck source=scripts/operator/facts.sh
. "$operator/facts.sh"
