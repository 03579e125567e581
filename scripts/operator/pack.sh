# shellcheck shell=sh
# One file that holds everything an installation needs, for a host that reaches no registry and no network.

help() {
    cat <<'TEXT'
Usage: scripts/calminer pack FILE.tar [--key KEY]

Writes one tar: the images of the profiles, this folder's Compose file, settings example and scripts, checksums of all
of it, and with --key a signature of the checksums by that SSH key. No secrets, no settings, no data.
The other host needs Docker, Compose, tar, sha256sum and ssh-keygen, and nothing from any network:

  tar -xf FILE.tar && cd calminer-offline
  ssh-keygen -Y verify -f SIGNERS -I calminer -n calminer-offline -s SHA256SUMS.sig <SHA256SUMS
  sha256sum --check --quiet SHA256SUMS
  sh install.sh --into /opt/calminer
TEXT
}

run() {
    target='' key=''
    while [ $# -gt 0 ]; do
        case $1 in
            --key)
                [ $# -gt 1 ] || usage_error '--key needs a file.'
                key=$2
                shift
                ;;
            -*) usage_error "pack does not know '$1'." ;;
            *) target=$1 ;;
        esac
        shift
    done
    [ -n "$target" ] || usage_error 'pack needs the name of a file.'
    require_env_file
    require_engine
    work_folder
    folder=$work/calminer-offline
    mkdir -p "$folder/files"
    gather_images
    gather_files
    seal
    tar -C "$work" -cf "$target.new" calminer-offline || fail "$FAILED" "$target could not be written."
    mv "$target.new" "$target"
    fact file "$target"
    fact_raw bytes "$(wc -c <"$target")"
    # Printed by the way out of every command.
    # shellcheck disable=SC2034
    message="$target holds the installation."
    say "$target: $(($(wc -c <"$target") / 1048576)) MiB, ${signed:-not signed}."
}

gather_images() {
    set -- "$(app_image)" "$(postgres_image)"
    if profile_is_on reverse-proxy; then set -- "$@" "$(traefik_image)"; fi
    if [ "$(setting CALMINER_BACKUP_COPY)" = true ]; then
        set -- "$@" "$(setting RESTIC_IMAGE "$(default_of RESTIC_IMAGE)")"
    fi
    for name; do
        require_image "$name"
        printf '%s\n' "$name" >>"$folder/IMAGES"
    done
    docker save --output "$folder/images.tar" "$@" || fail "$FAILED" 'the images could not be saved.'
}

gather_files() {
    cp "$COMPOSE_FILE_PROD" "$folder/files/"
    mkdir -p "$folder/files/config/traefik/certificates"
    cp "$CALMINER_HOME/config/setup_production.env.example" "$folder/files/config/"
    cp -R "$CALMINER_HOME/config/postgres" "$folder/files/config/"
    cp -R "$CALMINER_HOME/config/traefik/dynamic" "$folder/files/config/traefik/"
    mkdir -p "$folder/files/scripts"
    cp "$CALMINER_HOME/scripts/calminer" "$folder/files/scripts/"
    cp -R "$operator" "$folder/files/scripts/"
    cp "$operator/install.sh" "$folder/install.sh"
}

seal() {
    signed=
    (cd "$folder" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >"$work/sums" && mv "$work/sums" SHA256SUMS)
    [ -n "$key" ] || return 0
    ssh-keygen -q -Y sign -f "$key" -n calminer-offline "$folder/SHA256SUMS" >&2 || fail "$FAILED" "$key does not sign."
    signed="signed with $key"
}
