#!/bin/sh
# Hosts as code: format, Terraform's own tests, Ansible's syntax and lint, then the tests marked infra.
# Needs no account, no provider and no host. SUITE_INFRA narrows the tests, for a trial of the workflow itself.
set -eu
# shellcheck source=scripts/ci/limits.sh
. "$(dirname -- "$0")/limits.sh"
limit 60 "$@"

# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/ci/tools.sh
. scripts/ci/tools.sh
bring_tools
bring_ssh
PATH=$tools:$PATH
export PATH

terraform() { "$tools/python" scripts/ci/terraform.py "$@"; }

terraform fmt -check -recursive -diff infra/terraform
terraform -chdir=infra/terraform/core init -backend=false -input=false -no-color >/dev/null
terraform -chdir=infra/terraform/core test -no-color
(cd infra/ansible && ansible-lint --offline --strict --profile production)
# shellcheck disable=SC2086
set -- ${SUITE_INFRA:-tests/infra}
sh scripts/test.sh "$@" -m infra -q --durations 10
