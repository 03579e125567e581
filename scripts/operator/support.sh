# shellcheck shell=sh
# Facts for whoever helps, with every secret taken out before anything is written where it could be sent.

help() {
    cat <<'TEXT'
Usage: scripts/calminer support [FILE]

Writes one .tar.gz (calminer-support-TIME.tar.gz otherwise): the doctor's report, settings without secrets, what Compose
makes of them, containers, versions, the last 2000 lines of each log. Secrets, and whatever equals one of them, are
replaced before the archive is made. Read it before you send it.
TEXT
}

run() {
    [ $# -le 1 ] || usage_error 'support takes one file name.'
    archive=${1:-calminer-support-$(date -u +%Y%m%dT%H%M%SZ).tar.gz}
    case $archive in /*) ;; *) archive=$(pwd)/$archive ;; esac
    require_env_file
    require_engine
    require_image "$(app_image)"
    gather_facts
    compose --profile '*' logs --no-color --timestamps --tail 2000 >"$work/facts/logs.txt" 2>&1 || true
    umask 077
    # One stream in, one out: the secrets go along to be looked for, and stay behind.
    mkdir "$work/facts/secrets"
    cp "$(secrets_folder)"/* "$work/facts/secrets/" 2>/dev/null || warn 'the secrets could not be read, so they cannot be looked for.'
    tar -C "$work/facts" -cf - . | image_python -m app.operate.support >"$archive.new" || {
        rm -f "$archive.new"
        fail "$FAILED" 'the archive could not be made.'
    }
    mv "$archive.new" "$archive"
    fact archive "$archive"
    conclude 'the archive holds no secret.'
    say "Wrote $archive"
}
