"""Names: each used once, and every reference to one that exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from app.engine.costs import is_offsite
from app.engine.fiscal.check_values import metal_names, one_of, unique
from app.engine.inputs import MineInputs, Process, Product
from app.engine.kinds import ClosureFunding, CostBasis
from app.engine.problems import Problem
from app.engine.quantity import is_literal

MINED = frozenset({CostBasis.PER_T_MINED, CostBasis.PER_T_MOVED})
SOLD = frozenset({CostBasis.PER_UNIT_PRODUCT, CostBasis.PCT_REVENUE})


def check_references(inputs: MineInputs) -> Iterator[Problem]:
    """Return names that are missing, doubled or unknown."""
    for name in ("sources", "stockpiles", "processes", "products", "equipment", "capital", "closures"):
        yield from unique(name, (item.name for item in getattr(inputs, name)))
    yield from _site_names(inputs)
    yield from _rock(inputs)
    yield from _products(inputs)
    yield from _sold_once(inputs)
    for name in ("costs", "consumption", "equipment"):
        for index, line in enumerate(getattr(inputs, name)):
            yield from _narrowed(f"{name}[{index}]", line.basis, line.of, inputs)
    for index, unit in enumerate(inputs.equipment):
        if unit.basis is CostBasis.PER_OPERATING_HOUR:
            yield Problem(
                f"equipment[{index}].basis", unit.basis.value, "any basis but operating hours themselves"
            )
    classes = {unit.name for unit in inputs.equipment}
    for index, plan in enumerate(inputs.maintenance):
        if plan.equipment not in classes:
            yield Problem(f"maintenance[{index}].equipment", plan.equipment, one_of(classes))


def site_lines(inputs: MineInputs) -> list[tuple[str, str]]:
    """Return (path, name) of every line of site operating cost."""
    named = [(f"costs[{i}]", line.name) for i, line in enumerate(inputs.costs) if not is_offsite(line)]
    for group in ("consumption", "equipment", "maintenance"):
        named += [(f"{group}[{i}]", item.name) for i, item in enumerate(getattr(inputs, group))]
    for i, closure in enumerate(inputs.closures):
        if closure.funding is ClosureFunding.SURETY:
            named.append((f"closures[{i}]", f"{closure.name} surety"))
    return named


def _site_names(inputs: MineInputs) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, name in site_lines(inputs):
        if not name or name in seen:
            yield Problem(f"{path}.name", name, "a name that no other line of operating cost has")
        seen.add(name)
    seen.clear()
    for index, line in enumerate(inputs.costs):
        if is_offsite(line) and (not line.name or line.name in seen):
            yield Problem(f"costs[{index}].name", line.name, "a name that no other off-site line has")
        seen |= {line.name} if is_offsite(line) else set()


def _rock(inputs: MineInputs) -> Iterator[Problem]:
    sources = {source.name for source in inputs.sources}
    piles = {pile.name for pile in inputs.stockpiles}
    for index, pile in enumerate(inputs.stockpiles):
        if pile.source not in sources:
            yield Problem(f"stockpiles[{index}].source", pile.source, one_of(sources))
        if pile.name in sources:
            yield Problem(f"stockpiles[{index}].name", pile.name, "a name that no source has")
    for index, process in enumerate(inputs.processes):
        for place, feed in enumerate(process.feeds):
            if feed.source not in sources | piles:
                yield Problem(
                    f"processes[{index}].feeds[{place}].source", feed.source, one_of(sources | piles)
                )
        yield from _process(f"processes[{index}]", process, inputs)


def _process(path: str, process: Process, inputs: MineInputs) -> Iterator[Problem]:
    for metal in process.releases:
        if metal not in process.recoveries:
            yield Problem(
                f"{path}.releases.{metal}", metal, "a metal with a recovery: " + one_of(process.recoveries)
            )
    if process.feeds and not is_literal(process.ore, 0.0):
        yield Problem(f"{path}.ore", process.ore, "nothing, when feeds say what is taken")
    if process.feeds:
        return
    for metal in process.recoveries:
        if metal not in process.grades and f"head_grade.{metal}" not in inputs.entered:
            yield Problem(
                f"{path}.recoveries.{metal}", metal, "a metal with a grade: " + one_of(process.grades)
            )


def _products(inputs: MineInputs) -> Iterator[Problem]:
    processes = {process.name for process in inputs.processes}
    for index, product in enumerate(inputs.products):
        path = f"products[{index}]"
        metals = [terms.metal for terms in product.metals]
        yield from unique(f"{path}.metals", metals)
        for name in product.processes:
            if name not in processes:
                yield Problem(f"{path}.processes", name, one_of(processes))
        if product.concentrate is not None and product.concentrate.metal not in metals:
            yield Problem(f"{path}.concentrate.metal", product.concentrate.metal, one_of(metals))
        for place, metal in enumerate(metals):
            if not _has_origin(metal, product, inputs):
                yield Problem(
                    f"{path}.metals[{place}].metal",
                    metal,
                    f"a metal that a process of this product recovers, or one entered as recovered.{metal}",
                )


def _has_origin(metal: str, product: Product, inputs: MineInputs) -> bool:
    entered = {f"recovered.{metal}", f"payable.{metal}", f"revenue.{metal}", "revenue"}
    feeding = [p for p in inputs.processes if not product.processes or p.name in product.processes]
    return bool(entered & set(inputs.entered)) or any(metal in process.recoveries for process in feeding)


def _sold_once(inputs: MineInputs) -> Iterator[Problem]:
    """Return metals of which products take more than there is."""
    for process in inputs.processes or (Process(""),):
        taken: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
        for index, product in enumerate(inputs.products):
            if product.processes and process.name not in product.processes:
                continue
            for place, terms in enumerate(product.metals):
                if terms.metal not in process.recoveries and f"recovered.{terms.metal}" not in inputs.entered:
                    continue
                share = product.share_of(terms)
                taken[terms.metal] = taken.get(terms.metal, np.zeros(1)) + np.asarray(share, dtype=np.float64)
                if taken[terms.metal].max() > 1 + 1e-9 and f"payable.{terms.metal}" not in inputs.entered:
                    allowed = f"shares of {terms.metal} that add to at most 1 over the products"
                    own = "" if terms.share is None else f".metals[{place}]"
                    yield Problem(f"products[{index}]{own}.share", share, allowed)


def _narrowed(path: str, basis: CostBasis, of: str, inputs: MineInputs) -> Iterator[Problem]:
    known = set(_names_for(basis, inputs))
    if of and of not in known:
        yield Problem(f"{path}.of", of, one_of(known))


def _names_for(basis: CostBasis, inputs: MineInputs) -> Iterable[str]:
    """Return what `of` may name under a basis."""
    if basis in MINED:
        piles = inputs.stockpiles if basis is CostBasis.PER_T_MOVED else ()
        return [source.name for source in inputs.sources] + [pile.name for pile in piles]
    if basis is CostBasis.PER_T_PROCESSED:
        return [process.name for process in inputs.processes]
    if basis is CostBasis.PER_T_CONCENTRATE:
        return [product.name for product in inputs.products if product.concentrate is not None]
    if basis in SOLD:
        return [*(product.name for product in inputs.products), *metal_names(inputs)]
    if basis is CostBasis.PER_OPERATING_HOUR:
        return [unit.name for unit in inputs.equipment]
    return []
