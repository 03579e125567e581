"""The reference page of scripts/calminer, from its own help and the doctor's own checks."""

from __future__ import annotations

import inspect
import re
import subprocess

from app.operate.doctor import CHECKS
from app.settings import CHECKOUT

HEAD = """\
# The operator's command

Written by `python scripts/write_reference.py`; do not edit. How the commands are used together is told in
[Install and run in production](../how-to/run-in-production.md).

```
{usage}
```
"""
CHECKS_HEAD = """
## What the doctor looks at

| check | question |
|---|---|
"""


def help_of(*words: str) -> str:
    """Return what the command says when it is asked for help."""
    command = ["sh", str(CHECKOUT / "scripts" / "calminer"), *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def commands() -> list[str]:
    """Return the subcommands, in the order in which the dispatcher lists them."""
    script = (CHECKOUT / "scripts" / "calminer").read_text(encoding="utf-8")
    listed = re.search(r"(?s)COMMANDS='\n(.*?)'", script)
    return [line.split()[0] for line in listed[1].splitlines()] if listed else []


def operator_page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD.format(usage=help_of())]
    parts += [f"\n## {name}\n\n```\n{help_of(name)}\n```\n" for name in commands()]
    parts.append(CHECKS_HEAD)
    parts += [f"| `{name}` | {question(check)} |\n" for name, check in CHECKS.items()]
    return "".join(parts)


def question(check: object) -> str:
    """Return what a check asks, its docstring in one line."""
    return " ".join((inspect.getdoc(check) or "").split())
