"""Rows entered in place of derived lines: each must name a line that can be entered."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from app.engine.checks.references import site_lines
from app.engine.fiscal.check_values import metal_names
from app.engine.inputs import MineInputs
from app.engine.kinds import CapitalKind
from app.engine.lines import LINES, pattern_of
from app.engine.problems import Problem

# Metals and levies may exist by their entered row alone, unless the name looks like a slip of one that is
# known.
FREE = frozenset({"revenue.*", "levy.*"})
LIKENESS = 0.75
NOT_ENTERED = "a line that can be entered; this one follows from others"


def check_entered(inputs: MineInputs) -> Iterator[Problem]:
    """Return keys of `entered` that name no line, a line that only follows from others, or an unknown
    part.
    """
    allowed = enterable_keys(inputs)
    for key in inputs.entered:
        found = pattern_of(key)
        if key in allowed:
            continue
        if found is not None and not found[0].enterable:
            yield Problem(f"entered.{key}", key, NOT_ENTERED)
        elif found is None or found[0].key not in FREE or _slipped(key, allowed):
            yield Problem(f"entered.{key}", key, nearest(key, allowed))


def _slipped(key: str, allowed: set[str]) -> bool:
    """Return whether the name in a key looks like a slip of a name that is known there."""
    prefix, _, name = key.partition(".")
    known = [other.removeprefix(f"{prefix}.") for other in allowed if other.startswith(f"{prefix}.")]
    return bool(get_close_matches(name, known, 1, LIKENESS))


def nearest(key: str, allowed: set[str]) -> str:
    """Return what to say about an unknown key: the nearest right names."""
    prefix = key.partition(".")[0]
    related = sorted(other for other in allowed if other.partition(".")[0] == prefix)
    close = get_close_matches(key, sorted(allowed), 3, 0.5) or related or sorted(allowed)
    return "a line of the statement, such as " + ", ".join(close[:3])


def enterable_keys(inputs: MineInputs) -> set[str]:
    """Return every key that a row can be entered for in this mine."""
    keys = {line.key for line in LINES if line.enterable and "*" not in line.key}
    recovered = {metal for process in inputs.processes for metal in (*process.recoveries, *process.grades)}
    sold = metal_names(inputs)
    keys |= {f"{prefix}.{metal}" for prefix in ("payable", "price", "revenue") for metal in sold}
    keys |= {f"recovered.{metal}" for metal in sold | recovered}
    keys |= {f"head_grade.{metal}" for metal in sold | recovered}
    keys |= {f"concentrate.{product.name}" for product in inputs.products if product.concentrate is not None}
    keys |= {f"opex.{name}" for _, name in site_lines(inputs)}
    keys |= {f"capital.{kind.value}" for kind in CapitalKind}
    keys |= {f"levy.{levy.name}" for levy in inputs.fiscal.levies}
    keys |= {f"depreciation.{cls.name}" for cls in inputs.fiscal.depreciation if not cls.levy}
    return keys
