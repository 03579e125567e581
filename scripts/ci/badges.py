"""Draw badges from the reports in a folder: tests.svg, coverage.svg, lint.svg, for what there is."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from html import escape
from pathlib import Path

GOOD, FAIR, BAD = "#2e7d32", "#9a6700", "#b3261e"
#: About the width of a character of 11 px Verdana, and the space around a word.
CHARACTER, SPACE = 6.6, 12


def main(folder: Path) -> int:
    """Write the badges; exit 1 where tests were reported and none ran."""
    results, coverage, lint = folder / "tests.xml", folder / "coverage.xml", folder / "lint.txt"
    code = 0
    if results.exists():
        word, colour = tests(results.read_text(encoding="utf-8"))
        code = int(word == "none ran")
        (folder / "tests.svg").write_text(badge("tests", word, colour), encoding="utf-8")
    if coverage.exists():
        rate = float(root(coverage.read_text(encoding="utf-8")).attrib["line-rate"])
        colour = GOOD if rate >= 0.9 else FAIR if rate >= 0.75 else BAD
        # Rounded down: 99.96 % is not everything.
        (folder / "coverage.svg").write_text(
            badge("coverage", f"{int(rate * 100)}%", colour), encoding="utf-8"
        )
    if lint.exists():
        word = lint.read_text(encoding="utf-8").strip()
        (folder / "lint.svg").write_text(
            badge("lint", word, GOOD if word == "clean" else BAD), encoding="utf-8"
        )
    return code


def tests(text: str) -> tuple[str, str]:
    """Return what the results say, and its colour."""
    suites = list(root(text).iter("testsuite"))
    ran, wrong = (
        sum(int(suite.attrib[name]) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"))
    )
    if not ran:
        return "none ran", BAD
    return (f"{wrong} of {ran} failed", BAD) if wrong else (f"{ran} passed", GOOD)


def root(text: str) -> ET.Element:
    """Return the root of a report."""
    return ET.fromstring(text)  # nosec B314 - the reports are our own


def badge(label: str, word: str, colour: str) -> str:
    """Return one badge as SVG."""
    left, right = (round(len(part) * CHARACTER + SPACE) for part in (label, word))
    label, word = escape(label), escape(word)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{label}: {word}"><title>{label}: {word}</title>'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="14">{label}</text>'
        f'<text x="{left + right / 2}" y="14">{word}</text></g></svg>\n'
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
