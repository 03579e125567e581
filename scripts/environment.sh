# shellcheck shell=sh
# Sourced by start.sh, test.sh and their like: brings the locked environment into .venv.
# Needs a POSIX shell and Python 3.11 to 3.14; uses uv when it is there and fetches it when it is not.

# Some machines ask Python not to keep what it compiled. Here, every worker and every process of the tests
# would then compile all packages again: seconds for each.
unset PYTHONDONTWRITEBYTECODE

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    for line; do printf '  %s\n' "$line" >&2; done
    exit 1
}

say() { printf '%s\n' "$*"; }

# How a Python was compiled; fails where the locked packages have no wheels for it. Debian compiles with profiles and
# does not say so.
compiled() {
    "$1" -c '
import sys, sysconfig
if not (3, 11) <= sys.version_info < (3, 15):
    sys.exit(1)
said = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
print("optimized" if said or sys.base_prefix == "/usr" else "plainly")
' 2>/dev/null
}

# The first optimized Python of this machine, or else the first. What pyenv compiles, unless it is told otherwise, takes
# half as long again for pages and tests.
find_python() {
    system=/usr/bin/python3
    # Where Apple's tools are not installed, this one opens a window that asks for them.
    [ "$(uname)" != Darwin ] || system=
    first=
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python ${system:+"$system"}; do
        candidate=$(command -v "$candidate") || continue
        how=$(compiled "$candidate") || continue
        if [ "$how" = optimized ]; then
            printf '%s\n' "$candidate"
            return 0
        fi
        first=${first:-$candidate}
    done
    [ -n "$first" ] && printf '%s\n' "$first"
}

require_writable() {
    if ! { mkdir -p .calminer && touch .calminer/.writable && rm -f .calminer/.writable; } 2>/dev/null; then
        fail "cannot write in $(pwd) as $(id -un)." \
            'Give yourself the folder (chown), free some disk space, or clone into a folder of your own.'
    fi
    # A home that cannot hold uv's cache is no reason to stop.
    if ! mkdir -p "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv" 2>/dev/null && [ -z "${UV_CACHE_DIR:-}" ]; then
        UV_CACHE_DIR=$(pwd)/.calminer/cache
        export UV_CACHE_DIR
    fi
}

# Sets $uv. `uv version` also fails where uv is older than pyproject.toml asks for.
find_uv() {
    uv=$(command -v uv) && "$uv" version --short >/dev/null 2>&1 && return 0
    uv=$(pwd)/.calminer/tools/bin/uv
    [ "$(cat .calminer/tools/stamp 2>/dev/null)" = "$(cksum <scripts/uv-requirements.txt)" ] \
        && "$uv" --version >/dev/null 2>&1 && return 0
    python=$(find_python) || fail 'no Python 3.11 to 3.14 was found.' \
        'Debian: apt install python3      macOS: brew install python@3.13' \
        'or install uv, which brings its own: https://docs.astral.sh/uv/'
    bring_uv
}

# uv at the locked version, by whatever this Python can do: pip in a virtual environment, its own pip,
# or, on a Debian with neither python3-venv nor python3-pip, a download checked against uv.lock.
bring_uv() {
    say 'Bringing uv into .calminer/tools ...'
    tools=$(pwd)/.calminer/tools
    rm -rf "$tools"
    if "$python" -m venv "$tools" >/dev/null 2>&1; then
        "$tools/bin/python" -m pip install --quiet --require-hashes -r scripts/uv-requirements.txt || no_uv
    elif rm -rf "$tools" && "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --target "$tools" --require-hashes -r scripts/uv-requirements.txt || no_uv
    else
        "$python" scripts/fetch_uv.py "$tools/bin" || no_uv
    fi
    cksum <scripts/uv-requirements.txt >"$tools/stamp"
}

no_uv() {
    fail 'uv could not be installed; the lines above say why.' \
        'It comes from the Python package index: is there a network (or a proxy in HTTPS_PROXY)?' \
        'A Debian without certificates needs: apt install ca-certificates' \
        'Or install uv yourself and run this again.'
}

# install STAMP OPTION...: bring .venv to the lock; nothing to do when neither changed since the last time.
install() {
    stamp=.calminer/installed-$1
    shift
    wanted=$(cat uv.lock pyproject.toml | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c 'import sqlalchemy' 2>/dev/null; then
        return 0
    fi
    find_uv
    say 'Installing the locked packages into .venv ...'
    unset VIRTUAL_ENV
    # An environment that works stays; a new one is made with the Python of this machine.
    if ! .venv/bin/python -c '' 2>/dev/null && python=$(find_python); then
        UV_PYTHON=${UV_PYTHON:-$python}
        export UV_PYTHON
    fi
    rm -f .calminer/installed-*
    [ -t 2 ] || set -- --quiet "$@" # a log needs no list of packages
    "$uv" sync --locked --inexact "$@" || fail 'the packages could not be installed; the lines above say why.' \
        'They come from the Python package index, about 250 MB: is there a network, and is there room on the disk?'
    printf '%s\n' "$wanted" >"$stamp"
}

# The engine's compiled kernel, where this machine has a C compiler; says in one line when it has none.
build_kernel() {
    .venv/bin/python scripts/build_kernel.py || say 'Simulations run on NumPy, to the same digits.'
}
