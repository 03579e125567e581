#!/bin/sh
# Every static check, the same for a person, a git hook and CI. Goes on after the first failure.
#   sh scripts/lint.sh              everything
#   sh scripts/lint.sh ruff mypy    only the named checks
set -eu

unset CDPATH
cd -- "$(dirname -- "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh
require_writable
install test --extra embedded --group test --group lint
set +e

PATH=$(pwd)/.venv/bin:$PATH
export PATH

ALL='format ruff mypy imports bandit secrets templates shell workflows lock requirements notice audit'
failed=

# What is served and run holds nothing that looks like a secret; tests and docs hold passwords that open
# nothing, so there only keys and tokens of known makers count.
find_secrets() {
    git ls-files -z app config scripts templates Dockerfile main.py | xargs -0 detect-secrets-hook || return 1
    git ls-files -z tests docs .ci .gitea | xargs -0 detect-secrets-hook --disable-plugin KeywordDetector \
        --disable-plugin Base64HighEntropyString --disable-plugin HexHighEntropyString
}

check() {
    case $1 in
        format) ruff format --check --quiet . ;;
        ruff) ruff check --quiet . ;;
        mypy) mypy ;;
        imports) lint-imports --no-logo ;;
        bandit) bandit --quiet -ll --recursive app scripts main.py ;;
        secrets) find_secrets ;;
        audit) pip-audit --requirement requirements.txt --require-hashes --disable-pip --progress-spinner off ;;
        templates) djlint templates --lint --quiet ;;
        shell) find .ci/run scripts infra config -type f \( -name '*.sh' -o -name run -o -name calminer \) -exec shellcheck -x {} + ;;
        workflows)
            actionlint -config-file .gitea/actionlint.yaml .gitea/workflows/*.yml \
                && zizmor --offline --quiet .gitea/workflows/*.yml
            ;;
        lock) sh scripts/lock.sh --check-lock ;;
        requirements) sh scripts/lock.sh --check ;;
        notice) python scripts/notice.py --check ;;
        *) printf 'lint.sh: there is no check %s; there are: %s\n' "$1" "$ALL" >&2; exit 2 ;;
    esac
}

# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $ALL
for name; do
    note=
    if output=$(check "$name" 2>&1); then
        # An index without advisories knows nothing against a package, and nothing for it.
        unknown=$(printf '%s\n' "$output" | grep -c 'could not be audited')
        [ "$unknown" -eq 0 ] || note=" ($unknown packages without advisories at the index that was asked)"
        printf 'ok      %s%s\n' "$name" "$note"
    else
        printf 'FAILED  %s\n%s\n' "$name" "$output"
        failed="$failed $name"
    fi
done
[ -z "$failed" ] || { printf 'lint.sh: failed:%s\n' "$failed" >&2; exit 1; }
