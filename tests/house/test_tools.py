"""The linters are set up so that a violation turns them red: a planted one, for each tool."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
ENGINE, FEATURE, TEST = "app/engine/a.py", "app/features/a/pages.py", "tests/test_a.py"


def run(*command: str | Path, text: str | None = None, folder: Path = CHECKOUT) -> tuple[int, str]:
    tool, *arguments = map(str, command)
    done = subprocess.run(
        [TOOLS / tool, *arguments], input=text, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


PLANTED = [
    ("T201", FEATURE, 'print("x")\n'),
    ("TID251", FEATURE, "import random\n\nx = random.random()\n"),
    ("NPY002", ENGINE, "import numpy as np\n\nx = np.random.normal()\n"),
    ("TID251", TEST, "import numpy as np\n\nnp.random.seed(1)\n"),
    ("DTZ005", FEATURE, "from datetime import datetime\n\nx = datetime.now()\n"),
    ("D103", ENGINE, "def npv(x: float) -> float:\n    return x\n"),
    ("BLE001", FEATURE, "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    ("ERA001", FEATURE, "# x = compute(1)\ny = 1\n"),
    ("FIX002", FEATURE, "# TODO: later\nx = 1\n"),
    ("PTH123", FEATURE, 'with open("a") as file:\n    x = file.read()\n'),
    ("S608", FEATURE, 'def find(name: str) -> str:\n    return f"SELECT * FROM a WHERE name = {name}"\n'),
    ("TID252", FEATURE, "from . import forms\n\nx = forms\n"),
    ("TID251", FEATURE, "from sqlalchemy.ext.asyncio import AsyncSession\n\nx = AsyncSession\n"),
    ("E501", FEATURE, f"# {'long ' * 30}\nx = 1\n"),
    ("PGH004", FEATURE, "x = 1  # noqa\n"),
    ("PGH003", FEATURE, "x: int = 'a'  # type: ignore\n"),
]


@pytest.mark.parametrize(("code", "path", "text"), PLANTED)
def test_ruff_reports(code: str, path: str, text: str) -> None:
    status, said = run(
        "ruff", "check", "--output-format", "concise", "--stdin-filename", path, "-", text=text
    )
    assert (status, f" {code} " in said) == (1, True), said


def test_ruff_reports_a_format_of_ones_own() -> None:
    status, _ = run("ruff", "format", "--check", "--stdin-filename", FEATURE, "-", text="x = { 'a' : 1 }\n")
    assert status == 1


def test_mypy_reports_a_missing_and_a_wrong_type(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def double(x):\n    return 2 * x\n\n\ny: int = 'a'\n")
    status, said = run(
        *("mypy", "--config-file", CHECKOUT / "pyproject.toml", "--cache-dir", tmp_path / "cache", broken),
        folder=tmp_path,
    )
    assert status == 1
    assert "no-untyped-def" in said
    assert "assignment" in said


CONTRACTS = {
    "Each room imports only from the rooms below it": ("app/web/planted.py", "import app.features\n"),
    "No feature imports another": ("app/features/planted/pages.py", "import app.features.planted_too\n"),
    "The tables know the engine's enumerations and nothing else of it": (
        "app/models/planted.py",
        "import app.engine.timeline\n",
    ),
    "The engine knows NumPy, SciPy and itself": ("app/engine/planted.py", "import sqlalchemy\n"),
    "Files are read and written without a word about pages": (
        "app/exchange/planted.py",
        "import app.web.forms\n",
    ),
    "Nothing in app/ imports the doors": ("app/jobs/planted.py", "import main\n"),
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the code, to plant in."""
    shutil.copytree(CHECKOUT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for feature in ("planted", "planted_too"):
        (tmp_path / "app" / "features" / feature).mkdir()
        (tmp_path / "app" / "features" / feature / "__init__.py").touch()
    return tmp_path


def contracts(folder: Path) -> str:
    # Its lines are wrapped at the width of a terminal.
    _, said = run("lint-imports", "--no-logo", "--no-cache", folder=folder)
    return " ".join(said.split())


def test_every_import_contract_holds_and_each_can_break(copied: Path) -> None:
    before = contracts(copied)
    for path, text in CONTRACTS.values():
        (copied / path).write_text(text)
    after = contracts(copied)
    for name in CONTRACTS:
        assert f"{name} KEPT" in before or f"{name};" in before
        assert f"{name} KEPT" not in after
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in before
    assert f"Contracts: 0 kept, {len(CONTRACTS)} broken." in after


def test_a_room_that_the_contracts_do_not_know_is_reported(copied: Path) -> None:
    (copied / "app" / "elsewhere.py").touch()
    assert "app.elsewhere" in contracts(copied)


def test_djlint_reports_an_image_without_words(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<img src="/static/a.svg" height="1" width="1">\n')
    status, said = run("djlint", "--configuration", CHECKOUT / "pyproject.toml", "--lint", page)
    assert (status, "H013" in said) == (1, True), said


def test_shellcheck_reports_an_unquoted_variable() -> None:
    status, said = run("shellcheck", "-", text="#!/bin/sh\nrm -r $1\n")
    assert (status, "SC2086" in said) == (1, True)


def test_actionlint_reports_a_step_that_does_nothing() -> None:
    workflow = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - name: nothing\n"
    status, said = run("actionlint", "-", text=workflow)
    assert (status, "step must run" in said) == (1, True), said
