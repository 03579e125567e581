"""ansible-lint, at its strictest profile, reports what must not get into a role."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.infra

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = CHECKOUT / ".calminer" / "delivery" / "bin"


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [str(TOOLS / "ansible-lint"), "--offline", "--strict", "--nocolor", "--profile", "production"],
        cwd=folder,
        env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


PLANTED = """\
- name: Say something
  shell: echo hello
- name: leave a file to everybody
  ansible.builtin.copy:
    content: x
    dest: /etc/x
"""


def test_a_planted_violation_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "ansible"
    shutil.copytree(CHECKOUT / "infra" / "ansible", folder)
    file = folder / "roles" / "docker" / "tasks" / "main.yml"
    file.write_text(file.read_text() + PLANTED)
    code, said = lint(folder)
    assert code != 0
    for rule in ("fqcn[action-core]", "no-changed-when", "name[casing]", "risky-file-permissions"):
        assert rule in said, said


def test_what_is_secret_is_no_part_of_the_roles() -> None:
    texts = [
        file.read_text()
        for file in (CHECKOUT / "infra").rglob("*")
        if file.is_file() and ".terraform" not in file.parts
    ]
    assert not [text for text in texts if "PRIVATE KEY" in text]
