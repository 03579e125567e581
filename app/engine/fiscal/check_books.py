"""What is wrong with the books of a levy, its allowance, and the levy that is set against it."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.fiscal.bases import PROFIT_BASES, QUANTITY_BASES
from app.engine.fiscal.check_values import fraction, one_of
from app.engine.inputs import MineInputs
from app.engine.inputs.fiscal import DepreciationClass, Levy
from app.engine.problems import Problem


def check_books(inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of classes that stand in the books of a levy."""
    fiscal = inputs.fiscal
    levies = {levy.name: levy for levy in fiscal.levies}
    known = {cls.name for cls in fiscal.depreciation if not cls.levy}
    seen: set[tuple[str, str]] = set()
    for index, cls in enumerate(fiscal.depreciation):
        path = f"fiscal.depreciation[{index}]"
        yield from fraction(f"{path}.allowance", cls.allowance)
        if not cls.levy:
            yield from check_unkept(path, cls)
            continue
        if cls.levy not in levies:
            yield Problem(f"{path}.levy", cls.levy, one_of(levies))
        elif levies[cls.levy].base not in PROFIT_BASES:
            base = levies[cls.levy].base.value
            yield Problem(f"{path}.levy", cls.levy, f"a levy on EBIT or on the margin, not on {base}")
        if cls.cost_of not in known:
            yield Problem(f"{path}.cost_of", cls.cost_of, one_of(known))
        elif (cls.levy, cls.cost_of) in seen:
            yield Problem(f"{path}.cost_of", cls.cost_of, "a class that the books of the levy hold once")
        seen.add((cls.levy, cls.cost_of))
    if seen and "depreciation" in inputs.entered:
        yield Problem("entered.depreciation", "", "rows by class, where a levy has books of its own")


def check_unkept(path: str, cls: DepreciationClass) -> Iterator[Problem]:
    """Return what only a class in the books of a levy may have."""
    if cls.cost_of:
        yield Problem(f"{path}.cost_of", cls.cost_of, "empty, unless the class stands in the books of a levy")
    if cls.allowance:
        yield Problem(f"{path}.allowance", cls.allowance, "0, unless the class stands in the books of a levy")


def check_allowance(path: str, levy: Levy, inputs: MineInputs) -> Iterator[Problem]:
    """Return bounds that cannot be, an uplift of nothing, and a credited levy that is not taken before."""
    for name in ("allowance_least", "allowance_most", "uplift"):
        yield from fraction(f"{path}.{name}", getattr(levy, name))
    if levy.allowance_most < levy.allowance_least:
        least = f"not less than the least, {levy.allowance_least:g}"
        yield Problem(f"{path}.allowance_most", levy.allowance_most, least)
    if levy.allowance_least and levy.base in QUANTITY_BASES:
        yield Problem(f"{path}.base", levy.base.value, "money, when a share of it is allowed")
    if levy.uplift and not (levy.capital_first or levy.carry_forward or levy.credited):
        kept = "0, unless capital comes first, a negative base is carried forward or a levy is set against it"
        yield Problem(f"{path}.uplift", levy.uplift, kept)
    if not levy.credited:
        return
    turn = sorted(inputs.fiscal.levies, key=lambda other: other.order)
    before = [other.name for other in turn[: turn.index(levy)]]
    if levy.credited not in before:
        yield Problem(f"{path}.credited", levy.credited, f"a levy taken before this one, {one_of(before)}")
