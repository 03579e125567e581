"""Prove the engine: compute the published cases again and show printed figure, ours, and the difference.

Exit codes: 0 every claim holds, 1 a claim is outside what rounding explains, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.features.proof.api import case_out
from app.valuation.proof import CaseProof, Claim, Verdict, proof

HEADINGS = ("claim", "unit", "at", "printed", "ours", "difference", "explained", "tolerance", "verdict")


def main() -> int:
    """Parse the arguments, print the proof, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="print what /api/proof answers")
    options = parser.parse_args()
    cases = proof()
    if options.json:
        print(json.dumps([case_out(case).model_dump(mode="json") for case in cases], indent=1))
    else:
        for case in cases:
            print_case(case)
        print(summary(cases))
    return int(any(case.failed for case in cases))


def print_case(proved: CaseProof) -> None:
    """Print one case as a table."""
    print(f"{proved.case.name}\n  {proved.case.source.title}")
    rows = [HEADINGS, *(cells(claim) for claim in proved.claims)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        texts = (
            text.rjust(width) if 3 <= column <= 7 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print(f"  {'  '.join(texts)}".rstrip())
    for claim in proved.claims:
        for point in claim.unexplained:
            print(f"  {claim.label}: {point.label} differs by {point.difference:.3g}, beyond rounding")
    for problem in proved.problems:
        print(f"  {problem.field}: {problem.value}; {problem.allowed}")
    print()


def cells(claim: Claim) -> tuple[str, ...]:
    """Return the texts of one claim; a row shows the period that differs most."""
    worst = claim.worst
    return (
        claim.label,
        claim.unit,
        worst.label,
        f"{worst.printed:,.{worst.decimals}f}",
        f"{worst.ours:,.{min(worst.decimals + 2, 15)}f}",
        f"{worst.difference:.2g}",
        f"{worst.explained:.0%}" if claim.rounded else "",
        f"{claim.check.tolerance:.3g}",
        claim.verdict.value,
    )


def summary(cases: tuple[CaseProof, ...]) -> str:
    """Return how many claims came out how."""
    counts = {verdict: sum(case.count(verdict) for case in cases) for verdict in Verdict}
    parts = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items())
    return f"{sum(counts.values())} claims: {parts}"


if __name__ == "__main__":
    sys.exit(main())
