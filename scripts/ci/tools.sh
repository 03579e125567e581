# shellcheck shell=sh
# Sourced by scripts/ci/*: the programs that check infra/ and the workflows, in an environment of their own,
# so that the application's stays what it is. Sets $tools, the folder they are in. Needs scripts/environment.sh.

bring_tools() {
    tools=$(pwd)/.calminer/delivery/bin
    wanted=$(cat uv.lock pyproject.toml | cksum)
    if [ "$(cat .calminer/installed-delivery 2>/dev/null)" = "$wanted" ] && [ -x "$tools/ansible-lint" ]; then
        return 0
    fi
    require_writable
    find_uv
    say 'Installing the delivery tools into .calminer/delivery ...'
    # find_uv sets $uv.
    # shellcheck disable=SC2154
    UV_PROJECT_ENVIRONMENT=.calminer/delivery "$uv" sync --quiet --locked --only-group delivery \
        || fail 'the delivery tools could not be installed; the lines above say why.'
    printf '%s\n' "$wanted" >.calminer/installed-delivery
}

bring_ssh() {
    ! command -v ssh >/dev/null 2>&1 || return 0
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-client >/dev/null
}
