"""What is wrong in an env file: `python -m app.operate.envfile < config/setup_production.env`.

Prints a line for each problem and ends with 1, or prints nothing. No secret is printed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO

from dotenv import dotenv_values
from pydantic import ValidationError

from app.errors import InvalidInput, Problem
from app.operate.names import known_names, suggestion
from app.settings import Settings, describe, environment_names, secret_names

#: Stands for a secret in a file, which is not here to be read.
UNREAD = "a-file-that-is-read-in-the-container-alone"
LINE = re.compile(r"\s*(#.*)?$|\s*(export\s+)?[A-Za-z_][A-Za-z0-9_]*=")


def parse(text: str) -> dict[str, str]:
    """Return the names and values of an env file, as Compose reads them but for `$`, which stays."""
    return {
        name: value or "" for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items()
    }


def problems(text: str) -> list[Problem]:
    """Return everything that is wrong in an env file."""
    values = parse(text)
    return malformed(text) + unknown(values) + twice(text) + wrong_values(values)


def malformed(text: str) -> list[Problem]:
    """Return the lines that are neither a setting nor a comment."""
    return [
        Problem(f"line {number}", "(hidden)", "a line is NAME=VALUE, a comment or empty")
        for number, line in enumerate(text.splitlines(), 1)
        if not LINE.match(line)
    ]


def unknown(values: Mapping[str, str]) -> list[Problem]:
    """Return the names that nobody reads."""
    return [
        Problem(name, "(set)", f"there is no such setting; did you mean {suggestion(name)}?")
        for name in sorted(set(values) - known_names())
    ]


def twice(text: str) -> list[Problem]:
    """Return the names that are given more than once, of which only the last would count."""
    names = re.findall(r"(?m)^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=", text)
    return [
        Problem(name, "(set)", "it is given more than once; only the last would count")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def wrong_values(values: Mapping[str, str]) -> list[Problem]:
    """Return the values that the application would refuse."""
    own = {name: value for name, value in values.items() if name in environment_names()}
    for name in secret_names():
        if own.pop(f"{name}_FILE", ""):
            if own.get(name):
                return [Problem(name, "(hidden)", f"give {name} or {name}_FILE, not both")]
            own[name] = UNREAD
    with environment(own):
        try:
            Settings()
        except ValidationError as error:
            return describe(error)
        except InvalidInput as error:
            return list(error.problems)
    return []


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Let this process see these settings and no others while the block lasts."""
    before = dict(os.environ)
    try:
        for name in environment_names():
            os.environ.pop(name, None)
        os.environ.update(values)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> int:
    """Print what is wrong with standard input."""
    found = problems(sys.stdin.read())
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
