"""Every link in the documentation leads somewhere, and every page can be reached from the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def links(text: str) -> Iterator[str]:
    """Give the links within the checkout."""
    outside_code = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return (link for link in LINK.findall(outside_code) if not re.match(r"[a-z]+:", link))


def anchors(text: str) -> set[str]:
    """Give the fragments that the headings of a page can be reached by."""
    headings = re.findall(r"^#+ +(.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken(page: Path, text: str) -> Iterator[str]:
    """Give the links of `page` that lead nowhere."""
    for link in links(text):
        place, _, fragment = link.partition("#")
        target = page.parent / unquote(place) if place else page
        found = target.exists()
        if not found or (fragment and fragment not in anchors(target.read_text(encoding="utf-8"))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken(page, page.read_text(encoding="utf-8"))) == []


def test_every_page_can_be_reached() -> None:
    seen: set[Path] = set()
    queue = [CHECKOUT / "README.md"]
    while queue:
        page = queue.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page.read_text())]
        queue += [target for target in targets if target.suffix == ".md" and target.exists()]
        # A folder is shown with its pages.
        queue += [found for target in targets if target.is_dir() for found in target.glob("*.md")]
    assert set(PAGES) - seen == set()


@pytest.mark.parametrize("text", ["[a](nowhere.md)", "[a](README.md#no-such-heading)", "[a](#nor-this)"])
def test_a_planted_broken_link_is_found(text: str) -> None:
    assert list(broken(CHECKOUT / "README.md", text)) != []


@pytest.mark.parametrize(
    "text", ["[a](LICENSE)", "[a](https://example.org/x)", "`[a](nowhere.md)`", "[a](README.md#try-it)"]
)
def test_a_good_link_passes(text: str) -> None:
    assert list(broken(CHECKOUT / "README.md", text)) == []
