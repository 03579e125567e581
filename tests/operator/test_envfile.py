"""The env file is refused for what would be silently ignored."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.operate.envfile import parse, problems
from app.operate.names import known_names, suggestion
from app.settings import nearest_names
from tests.thorough import some

EXAMPLE = (Path(__file__).resolve().parents[2] / "config" / "setup_production.env.example").read_text()
GOOD = EXAMPLE.replace("calminer.example.com", "mine.example")


def refused(text: str) -> list[str]:
    return [str(problem) for problem in problems(text)]


def test_the_example_is_taken() -> None:
    assert refused(GOOD) == []


def slips(name: str) -> Iterator[str]:
    """Every name that one slip makes of a right one: a letter less, more, wrong, or two swapped."""
    letters = string.ascii_uppercase + string.digits + "_"
    for at in range(len(name) + 1):
        yield from (name[:at] + letter + name[at:] for letter in letters)
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + name[at].lower() + name[at + 1 :]
        yield from (name[:at] + letter + name[at + 1 :] for letter in letters)
    for at in range(len(name) - 1):
        yield name[:at] + name[at + 1] + name[at] + name[at + 2 :]


@pytest.mark.parametrize("name", sorted(known_names()))
def test_every_slip_of_one_letter_is_refused_with_the_right_name(name: str) -> None:
    known = known_names()
    wrong = set(slips(name)) - known
    assert len(wrong) > 30 * len(name)
    for slip in some(sorted(wrong)):
        near = nearest_names(slip, known)
        assert name in near, slip
        # Where several are one slip away, each of them is named.
        assert len(near) == 1 or all(other in suggestion(slip) for other in near)


def test_a_slip_is_told_with_the_right_name() -> None:
    assert refused(GOOD.replace("API_LIMIT_CPUS", "API_LIMIT_CPU")) == [
        "API_LIMIT_CPU: '(set)' is not allowed; there is no such setting; did you mean API_LIMIT_CPUS?"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DATABASE_PORT=http", "DATABASE_PORT: 'http'"),
        ("CALMINER_MAX_TRIALS=0", "CALMINER_MAX_TRIALS"),
        ("CALMINER_ENVIRONMENT=prod", "CALMINER_ENVIRONMENT: 'prod'"),
        ("DATABASE_NAME: calminer", "line "),
        ("DATABASE_URL=postgresql://x", "DATABASE_URL"),
        ("REDIS_HOST=redis", "REDIS_HOST"),
    ],
)
def test_what_would_not_work_is_named(line: str, said: str) -> None:
    name = line.split("=", maxsplit=1)[0]
    text = "".join(f"{kept}\n" for kept in GOOD.splitlines() if not kept.startswith(f"{name}=")) + line + "\n"
    assert any(said in told for told in refused(text))


def test_a_name_twice_is_refused() -> None:
    assert any("more than once" in told for told in refused(GOOD + "DATABASE_PORT=5433\n"))


def test_a_secret_twice_is_refused_and_not_shown() -> None:
    told = refused(GOOD + "DATABASE_PASSWORD=hunter2-hunter2\n")
    assert any("not both" in line for line in told)
    assert not any("hunter2" in line for line in told)


def test_a_weak_secret_in_the_file_is_refused_and_not_shown() -> None:
    told = refused(
        GOOD.replace("CALMINER_SECRET_KEY_FILE=/run/secrets/secret_key", "CALMINER_SECRET_KEY=hunter2")
    )
    assert any("CALMINER_SECRET_KEY must be set" in line for line in told)
    assert not any("hunter2" in line for line in told)


def test_it_is_read_as_compose_reads_it() -> None:
    text = "A=1\nexport B='two # 2'\nC=\"x\"  # why\nD=plain # comment\nE=\n# F=1\n"
    assert parse(text) == {"A": "1", "B": "two # 2", "C": "x", "D": "plain", "E": ""}
