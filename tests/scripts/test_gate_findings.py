"""The gate closes for what can be mended, waits for nobody after the last day, and never trusts silence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "ci" / "gate_findings.py"
TODAY = "2026-06-01"
APT = "Inst libssl3 [3.5.1-1] (3.5.1-1+deb13u1 Debian-Security:13/stable-security [amd64])\n"
END = "1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"


def waiver(**changed: str) -> str:
    fields = {
        "id": '"CVE-2026-1"',
        "package": '"jinja2"',
        "reason": '"CalMiner never renders a template of a stranger."',
        "expires": "2026-06-01",
        **changed,
    }
    return "[[waiver]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items() if value)


def audited(*fixes: str, skipped: str = "") -> str:
    found = {"id": "PYSEC-2026-9", "aliases": ["CVE-2026-1"], "fix_versions": list(fixes), "description": ""}
    package: dict[str, object] = {"name": "jinja2", "version": "3.1.2", "vulns": [found]}
    if skipped:
        package = {"name": "jinja2", "skip_reason": skipped}
    return json.dumps({"dependencies": [package], "fixes": []})


def scanned(severity: str, fixed: str) -> str:
    found = {
        "VulnerabilityID": "CVE-2026-2",
        "PkgName": "zlib",
        "InstalledVersion": "1",
        "Severity": severity,
    }
    return json.dumps(
        {"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{**found, "FixedVersion": fixed}]}]}
    )


@pytest.fixture
def gate(tmp_path: Path):
    def decided(waivers: str, **reports: str) -> tuple[int, str]:
        (tmp_path / "waivers.toml").write_text(waivers)
        paths = []
        for name, text in reports.items():
            path = tmp_path / (f"{name}.txt" if name == "debian" else f"{name}.json")
            path.write_text(text)
            paths.append(path)
        done = subprocess.run(
            [sys.executable, SCRIPT, "--waivers", tmp_path / "waivers.toml", "--today", TODAY, *paths],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return decided


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("audit", audited("3.1.6"), 1),
        ("audit", audited(), 0),  # nothing mends it yet
        ("trivy", scanned("HIGH", "2"), 1),
        ("trivy", scanned("CRITICAL", "2"), 1),
        ("trivy", scanned("MEDIUM", "2"), 0),
        ("trivy", scanned("HIGH", ""), 0),
        ("debian", APT + END, 1),
        ("debian", END.replace("1 up", "0 up"), 0),
    ],
)
def test_what_can_be_mended_closes_it(gate, name: str, text: str, code: int) -> None:
    assert gate("", **{name: text})[0] == code


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("audit", audited(skipped="not found on PyPI")),
        ("audit", json.dumps({"dependencies": [], "fixes": []})),
        ("trivy", json.dumps({"SchemaVersion": 2})),
        ("debian", APT),
        ("debian", ""),
        ("other", json.dumps({"everything": "fine"})),
    ],
)
def test_a_scanner_that_did_not_look_closes_it(gate, name: str, text: str) -> None:
    code, said = gate("", **{name: text})
    assert (code, "unusable" in said) == (1, True), said


def test_a_waiver_holds_on_its_last_day_and_not_after(gate) -> None:
    code, said = gate(waiver(), audit=audited("3.1.6"))
    assert (code, "waived until 2026-06-01" in said) == (0, True), said
    code, said = gate(waiver(expires="2026-05-31"), audit=audited("3.1.6"))
    assert (code, "waiver expired" in said) == (1, True), said


def test_a_waiver_is_for_one_package_and_one_finding(gate) -> None:
    code, said = gate(waiver(package='"other"'), audit=audited("3.1.6"))
    assert code == 1
    assert "no longer needed: the waiver of CVE-2026-1 in other" in said
    assert gate(waiver(id='"CVE-2026-7"'), audit=audited("3.1.6"))[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        waiver(reason=""),
        waiver(reason='"later"'),
        waiver(expires=""),
        waiver(expires='"2026-06-01"'),
        waiver(expires="2027-06-01"),
        waiver(owner='"me"'),
    ],
)
def test_a_waiver_that_says_too_little_or_lasts_too_long_is_refused(gate, text: str) -> None:
    code, said = gate(text, audit=audited())
    assert (code, "unusable" in said) == (1, True), said


def test_the_projects_own_waivers_can_be_read(gate) -> None:
    own = (SCRIPT.parents[2] / "config" / "waivers.toml").read_text()
    assert gate(own, audit=audited())[0] == 0
