"""The command that proves the engine: what it prints and how it ends."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.valuation.proof import proving
from app.valuation.proof.claim import Verdict

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "prove_engine.py"

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the script in this process, with its arguments, and return its exit code."""

    def ended(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(SCRIPT), run_name="__main__")
        return int(end.value.code or 0)

    return ended


def test_it_works(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    text = capsys.readouterr().out
    for proved in proving.proof():
        assert proved.case.name in text
    assert text.rstrip().endswith("0 outside")
    assert "2037 differs by -1.82, beyond rounding" in text


def test_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json") == 0
    cases = json.loads(capsys.readouterr().out)
    assert [case["key"] for case in cases] == [proved.case.key for proved in proving.proof()]


def test_a_claim_outside_ends_in_1(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that printed another NPV."""
    good = proving.proof_of("berg_pfs_2026")
    claim = good.claims[0]
    wrong = replace(claim, points=(replace(claim.points[0], printed=4700.0),))
    assert wrong.verdict is Verdict.OUTSIDE
    broken = (replace(good, claims=(wrong, *good.claims[1:])),)
    monkeypatch.setattr("app.valuation.proof.proof", lambda: broken)
    assert run() == 1
    assert "1 outside" in capsys.readouterr().out


def test_wrong_usage(run: Run) -> None:
    assert run("--no-such-option") == 2
