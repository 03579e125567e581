# shellcheck shell=sh
# Gathers facts here, judges them in the image.

help() {
    cat <<'TEXT'
Usage: scripts/calminer doctor [--all]

Looks at host, engine, settings, secrets, volumes, images, certificate, backups and what runs. Changes nothing. Says for
each finding what to do; with --all also what is well. Exit code 0 where nothing is wrong (warnings allowed), 1 otherwise.
TEXT
}

run() {
    all=
    case ${1:-} in
        '') ;;
        --all) all=--all ;;
        *) usage_error "doctor does not know '$1'." ;;
    esac
    require_env_file
    require_engine
    require_image "$(app_image)"
    gather_facts
    tar -C "$work/facts" -cf - . | image_python -m app.operate.doctor ${json:+--json} $all >"$work/report" && code=0 || code=$?
    [ "$code" -le 1 ] || fail "$FAILED" 'the report could not be made; the lines above say why.'
    if [ -n "$json" ]; then fact_raw findings "$(cat "$work/report")"; else cat "$work/report"; fi
    [ "$code" -eq 0 ] || { conclude 'something is wrong.'; finish "$FAILED"; }
    conclude 'nothing is wrong.'
}
