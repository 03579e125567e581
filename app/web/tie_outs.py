"""What does not tie out, and what is worth a look in the inputs, as pages say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.lines import pattern_of
from app.engine.problems import Problem
from app.web.formatting import capitalised
from app.web.workspace import Tab

#: What each check is about, with its name in it, and the tab where that is entered.
ABOUT: Mapping[str, tuple[str, str]] = {
    "tie_out.finite": ("{}", ""),
    "tie_out.lines_add": ("{}", ""),
    "tie_out.working_capital": ("Working capital", "Fiscal"),
    "tie_out.stockpile": ("Stockpile {}", "Production"),
    "tie_out.feed": ("Ore fed from {}", "Production"),
    "tie_out.depreciation": ("Depreciation class {}", "Fiscal"),
    "tie_out.fx": ("Exchange rate of {}", "Terms"),
    "tie_out.discounting": ("Discounting", "Terms"),
    "reserves": ("Reserve of {}", "Production"),
    "in_process": ("{} in process", "Production"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One finding: what it is about, the tab where that is entered and its address, when, what should be."""

    about: str
    tab: str
    href: str
    period: str
    allowed: str


def said(problems: Iterable[Problem], tabs: Sequence[Tab] = ()) -> list[Said]:
    """Return findings in words. tabs: of the scenario, where a page has them."""
    hrefs = {tab.label: tab.href for tab in tabs}
    return [_said(problem, hrefs) for problem in problems]


def _said(problem: Problem, hrefs: Mapping[str, str]) -> Said:
    start = next(start for start in ABOUT if f"{problem.field}.".startswith(f"{start}."))
    words, tab = ABOUT[start]
    name = problem.field.removeprefix(start).removeprefix(".")
    line = pattern_of(name) if words == "{}" else None
    about = words.format(line[0].label.format(line[1]) if line else name)
    return Said(capitalised(about), tab, hrefs.get(tab, ""), str(problem.value), problem.allowed)
