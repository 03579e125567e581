"""Decide over what the scanners found: exit 1 for a finding that an update would mend and nobody waived.

Reads the reports of pip-audit (JSON), of `apt-get --simulate upgrade` against Debian's security archive, and
of Trivy (JSON; high and critical only). A report that looked at nothing, or left something out, fails too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

#: A waiver is a loan.
LONGEST_DAYS = 120
FIELDS = {"id", "package", "reason", "expires"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something known against what is in the image, and what mends it."""

    ids: frozenset[str]
    package: str
    version: str
    fixed: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{'/'.join(sorted(self.ids))}: {self.package} {self.version}, mended in {self.fixed}"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that somebody answers for until a day."""

    id: str
    package: str
    reason: str
    expires: date


class Unusable(Exception):
    """A report or the list of waivers cannot be relied on."""


def main() -> int:
    """Read, decide, say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--waivers", required=True, type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    arguments = parser.parse_args()
    try:
        waivers = read_waivers(arguments.waivers.read_text(encoding="utf-8"), arguments.today)
        findings = [one for path in arguments.reports for one in read(path)]
    except Unusable as error:
        print(f"unusable: {error}", file=sys.stderr)
        return 1
    return decide(findings, waivers, arguments.today)


def decide(findings: Iterable[Finding], waivers: Iterable[Waiver], today: date) -> int:
    """Say what is open, what is waived and which waivers nobody needs; return the exit code."""
    given = {(waiver.id, waiver.package): waiver for waiver in waivers}
    used: set[tuple[str, str]] = set()
    failed = False
    for finding in findings:
        keys = [(one, finding.package) for one in sorted(finding.ids) if (one, finding.package) in given]
        used.update(keys)
        alive = [given[key] for key in keys if given[key].expires >= today]
        if alive:
            print(f"waived until {alive[0].expires}: {finding} ({alive[0].reason})")
        else:
            failed = True
            print(f"{'waiver expired' if keys else 'open'}: {finding}")
    for key in sorted(given.keys() - used):
        print(f"no longer needed: the waiver of {key[0]} in {key[1]}")
    print("The gate is closed." if failed else "The gate is open.")
    return int(failed)


def read_waivers(text: str, today: date) -> list[Waiver]:
    """Return the waivers; raises `Unusable` for one that says too little or lasts too long."""
    found = []
    for entry in tomllib.loads(text).get("waiver", []):
        if set(entry) != FIELDS:
            raise Unusable(f"a waiver has {sorted(FIELDS)}, and this one {sorted(entry)}")
        waiver = Waiver(**entry)
        if type(waiver.expires) is not date or len(waiver.reason) < 20:
            raise Unusable(f"the waiver of {waiver.id} needs a reason in words and a day")
        if (waiver.expires - today).days > LONGEST_DAYS:
            raise Unusable(f"the waiver of {waiver.id} lasts longer than {LONGEST_DAYS} days")
        found.append(waiver)
    return found


def read(path: Path) -> Iterator[Finding]:
    """Return the findings of one report, by what it looks like."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".json":
        return debian(text, path.name)
    document = json.loads(text)
    if "dependencies" in document:
        return pip_audit(document, path.name)
    if "SchemaVersion" in document:
        return trivy(document, path.name)
    raise Unusable(f"{path.name} is no report that is known here")


def pip_audit(document: Mapping[str, Any], name: str) -> Iterator[Finding]:
    """Read pip-audit's report. It exits 0 over what it could not look up, so that is asked for here."""
    if not document["dependencies"]:
        raise Unusable(f"{name} looked at nothing")
    for package in document["dependencies"]:
        if "skip_reason" in package:
            raise Unusable(f"{name} left out {package['name']}: {package['skip_reason']}")
        for found in package["vulns"]:
            if found["fix_versions"]:
                ids = frozenset({found["id"], *found.get("aliases", [])})
                yield Finding(ids, package["name"], package["version"], ", ".join(found["fix_versions"]))


def debian(text: str, name: str) -> Iterator[Finding]:
    """Read apt's simulation: a finding for each package that the security archive has a newer version of."""
    if not re.search(r"^\d+ upgraded, \d+ newly installed", text, re.MULTILINE):
        raise Unusable(f"{name} did not come to its end")
    for package, version, fixed in re.findall(r"^Inst (\S+) \[(\S+)\] \((\S+) ", text, re.MULTILINE):
        yield Finding(frozenset({"debian-security"}), package, version, fixed)


def trivy(document: Mapping[str, Any], name: str) -> Iterator[Finding]:
    """Read Trivy's report: what is high or critical and has a fix."""
    if not document.get("Results"):
        raise Unusable(f"{name} looked at nothing")
    for result in document["Results"]:
        for found in result.get("Vulnerabilities") or []:
            if found["Severity"] in {"HIGH", "CRITICAL"} and found.get("FixedVersion"):
                ids = frozenset({found["VulnerabilityID"]})
                yield Finding(ids, found["PkgName"], found["InstalledVersion"], found["FixedVersion"])


if __name__ == "__main__":
    sys.exit(main())
