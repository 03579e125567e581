# shellcheck shell=sh
# Makes what is missing and keeps what is there. Run again at any time.

help() {
    cat <<'TEXT'
Usage: scripts/calminer init [options]

Makes config/setup_production.env, secrets as files, folders and the volumes that Compose expects. What is there
already stays as it is; running it again changes nothing. Asks for domain and address where a person can answer.

  --domain NAME                 where the site lives
  --email ADDRESS               for Let's Encrypt
  --profiles A,B                reverse-proxy, local-db, worker
  --image NAME                  the image of the application
  --database-host NAME          a database elsewhere; leaves local-db out of the profiles
  --database-password-file FILE its password
  --repair                      give volumes and folders back to the users that the containers run as
TEXT
}

run() {
    repair='' host='' password_file=''
    given='' # NAME=VALUE lines for a new env file
    while [ $# -gt 0 ]; do
        case $1 in
            --repair) repair=yes ;;
            --domain | --email | --profiles | --image | --database-host | --database-password-file)
                [ $# -gt 1 ] || usage_error "$1 needs a value."
                give "$1" "$2"
                shift
                ;;
            *) usage_error "init does not know '$1'." ;;
        esac
        shift
    done
    require_engine
    hold_lock
    made=
    make_env_file
    require_image "$(postgres_image)"
    make_secrets
    make_folders
    make_volumes
    fact made "${made# }"
    if [ -n "$made" ]; then say "Made:$made."; else say 'Everything was there already.'; fi
    say 'Next: scripts/calminer doctor, then scripts/calminer up'
    conclude 'ready to start.'
}

give() {
    case $1 in
        --domain) given="$given
CALMINER_DOMAIN=$2
CALMINER_PUBLIC_URL=https://$2" ;;
        --email) given="$given
TRAEFIK_ACME_EMAIL=$2" ;;
        --profiles) given="$given
COMPOSE_PROFILES=$2" ;;
        --image) given="$given
CALMINER_IMAGE=$2" ;;
        --database-host) host=$2 ;;
        --database-password-file) password_file=$2 ;;
    esac
}

ask() { # WORDS: the answer on standard output, nothing where nobody can answer
    if [ -t 0 ] && [ -t 2 ] && [ -z "$json" ]; then
        printf '%s: ' "$1" >&2
        read -r answer || answer=
        printf '%s\n' "$answer"
    fi
}

make_env_file() {
    if [ -e "$env_file" ]; then
        [ -z "$given$host" ] || warn "$env_file is there already and was not changed; edit it yourself."
        return 0
    fi
    case $given in *CALMINER_DOMAIN=*) ;; *) answer=$(ask 'Domain of the site') ; [ -z "$answer" ] || give --domain "$answer" ;; esac
    case $given in *TRAEFIK_ACME_EMAIL=*) ;; *) answer=$(ask "Address for Let's Encrypt") ; [ -z "$answer" ] || give --email "$answer" ;; esac
    if [ -n "$host" ]; then
        case $given in *COMPOSE_PROFILES=*) ;; *) give --profiles reverse-proxy,worker ;; esac
        given="$given
DATABASE_HOST=$host
DATABASE_SSLMODE=require"
    fi
    # Docker starts no container that may use more processors than there are.
    if [ "$(docker info --format '{{.NCPU}}')" = 1 ]; then
        given="$given
API_LIMIT_CPUS=1
WORKER_LIMIT_CPUS=1
POSTGRES_LIMIT_CPUS=1"
    fi
    mkdir -p "$(dirname -- "$env_file")"
    umask 077
    GIVEN=$given awk '
        BEGIN {
            n = split(ENVIRON["GIVEN"], lines, "\n")
            for (i = 1; i <= n; i++) { at = index(lines[i], "="); if (at) value[substr(lines[i], 1, at - 1)] = substr(lines[i], at + 1) }
        }
        { name = $0; sub(/^# /, "", name); sub(/=.*/, "", name); if (name in value) print name "=" value[name]; else print }
    ' "$CALMINER_HOME/config/setup_production.env.example" >"$env_file.new"
    mv "$env_file.new" "$env_file"
    umask 022
    made="$made $env_file"
}

# Text that no shell, env file or address needs quoting for.
random_text() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 48; }

# The folder keeps everybody of this host out; the file itself is read by the users of the containers it is mounted in.
write_secret() { # NAME, text on standard input
    (umask 077 && cat >"$secrets/$1.new")
    chmod 0444 "$secrets/$1.new"
    mv "$secrets/$1.new" "$secrets/$1"
}

make_secrets() {
    secrets=$(secrets_folder)
    [ -d "$secrets" ] || { mkdir -p "$secrets" && chmod 0700 "$secrets"; }
    [ -z "$repair" ] || chmod 0700 "$secrets"
    if [ ! -s "$secrets/database_password" ]; then
        if [ -n "$password_file" ]; then
            write_secret database_password <"$password_file"
        elif profile_is_on local-db && volume_has_data; then
            fail "$REFUSED" "$secrets/database_password is gone, and $(postgres_volume) holds a database that knows it." \
                'Put the file back, or make a new one: scripts/calminer rotate-db-password --forgotten'
        else
            [ -z "$host" ] || warn 'no --database-password-file was given; put the real password into secrets/database_password.'
            random_text | write_secret database_password
        fi
        made="$made $secrets/database_password"
    fi
    if [ ! -s "$secrets/secret_key" ]; then
        random_text | write_secret secret_key
        made="$made $secrets/secret_key"
    fi
    # Opens the encrypted copies of backups, and nothing else.
    if [ ! -s "$secrets/backup_password" ]; then
        random_text | write_secret backup_password
        made="$made $secrets/backup_password"
    fi
}

volume_has_data() {
    docker volume inspect "$(postgres_volume)" >/dev/null 2>&1 \
        && [ -n "$(as_root "$(postgres_volume)" 'find /target -maxdepth 3 -name PG_VERSION')" ]
}

make_folders() {
    backups=$(backups_folder)
    fresh=
    [ -d "$backups" ] || { mkdir -p "$backups" && fresh=yes && made="$made $backups"; }
    # Dumps are written by the database's user, manifests by the application's.
    [ -z "$fresh$repair" ] || as_root "$backups" 'chown 999:10001 /target && chmod 2770 /target'
    [ "$(setting CALMINER_BACKUP_COPY)" = true ] || return 0
    copies=$(in_home "$(setting COPIES_DIR "$(default_of COPIES_DIR)")")
    [ -d "$copies" ] || { mkdir -p "$copies" && made="$made $copies" && as_root "$copies" 'chown 10001:10001 /target'; }
    make_sftp
    make_s3
}

# A key of our own for copies over SFTP. Whose key the other host has is for a person to find out.
make_sftp() {
    sftp=$(in_home "$(setting SFTP_DIR "$(default_of SFTP_DIR)")")
    mkdir -p "$sftp"
    chmod 0755 "$sftp"
    case $(setting RESTIC_REPOSITORY) in sftp:*) ;; *) return 0 ;; esac
    if [ ! -s "$sftp/key" ]; then
        ssh-keygen -q -t ed25519 -N '' -C "calminer backups of $(uname -n)" -f "$sftp/key" </dev/null \
            || fail "$FAILED" "no key was made in $sftp." 'Install the OpenSSH client on this host (ssh-keygen).'
        # Read by the user of the container, as the other secrets; the folder above keeps everybody else out.
        chmod 0444 "$sftp/key" "$sftp/key.pub"
        made="$made $sftp/key"
        say "Let this key in at the other host: $(cat "$sftp/key.pub")"
    fi
    [ -s "$sftp/known_hosts" ] || warn "$sftp/known_hosts is empty: put the other host's key there, as its console shows it."
}

# The key to an S3 bucket, in the file that all programs for S3 know.
make_s3() {
    s3=$(in_home "$(setting S3_DIR "$(default_of S3_DIR)")")
    mkdir -p "$s3"
    chmod 0755 "$s3"
    case $(setting RESTIC_REPOSITORY) in s3:*) ;; *) return 0 ;; esac
    if [ ! -e "$s3/credentials" ]; then
        printf '[default]\naws_access_key_id=\naws_secret_access_key=\n' >"$s3/credentials"
        chmod 0644 "$s3/credentials"
        made="$made $s3/credentials"
    fi
    ! grep -q '^aws_[a-z_]* *= *$' "$s3/credentials" || warn "$s3/credentials has no key yet: fill in both lines."
}

make_volumes() {
    make_volume "$(acme_volume)" 10001
    if profile_is_on local-db; then make_volume "$(postgres_volume)" 999; fi
}

# A volume is a name for a folder of ours, so whoever removes or prunes the volume removes the name: made again, it
# holds the same rows.
make_volume() { # NAME UID
    folder=$(in_home "$(setting DATA_DIR ./data)")/$1
    if ! docker volume inspect "$1" >/dev/null 2>&1; then
        mkdir -p "$folder"
        docker volume create --label org.calminer.data=keep --opt type=none --opt o=bind --opt "device=$folder" \
            "$1" >/dev/null
        as_root "$1" "[ -n \"\$(ls -A /target)\" ] || { chown $2:$2 /target && chmod 0700 /target; }"
        made="$made $1"
    elif [ -n "$repair" ]; then
        as_root "$1" "chown -R $2:$2 /target && chmod 0700 /target"
        say "Gave $1 to user $2."
    fi
}
