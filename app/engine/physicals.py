"""Rock: mined, stockpiled, fed, and the metal recovered from it. Masses in tonnes, grades as mass
fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.engine.apportion import apportioned
from app.engine.context import Context
from app.engine.inputs import Process, RecoveryCurve
from app.engine.primitive import primitive
from app.engine.quantity import Array, Quantity, added
from app.engine.release import released, still_in_process, yet_to_come
from app.engine.stockpiles import Pile, run_pile
from app.engine.yearly import ratio


@dataclass(frozen=True, slots=True)
class Physicals:
    """Rows by period, `(n_periods, n_trials | 1)` [t].

    ore, waste by source; processed by process; grades of the feed by metal and process [t/t]; recovered by
    metal, then process; in_process: at the end of the period, by metal, of those that come out later than
    their ore goes in; piles by stockpile. metals: every metal of the mine, in order of appearance.
    """

    metals: tuple[str, ...]
    ore: Mapping[str, Array]
    waste: Mapping[str, Array]
    piles: Mapping[str, Pile]
    processed: Mapping[str, Array]
    grades: Mapping[str, Mapping[str, Array]]
    recovered: Mapping[str, Mapping[str, Array]]
    in_process: Mapping[str, Array]
    ore_mined: Array
    waste_mined: Array
    ore_processed: Array

    def lines(self) -> dict[str, Array]:
        """Return the statement's lines of tonnage and grade."""
        lines = {"ore_mined": self.ore_mined, "waste_mined": self.waste_mined}
        lines["strip_ratio"] = ratio(self.waste_mined, self.ore_mined)
        lines |= {f"stockpile.{name}": pile.balance for name, pile in self.piles.items()}
        if len(self.processed) > 1:
            lines |= {f"processed.{name}": row for name, row in self.processed.items()}
        lines["ore_processed"] = self.ore_processed
        for metal, by_process in self.grades.items():
            lines[f"head_grade.{metal}"] = self._mean(by_process)
        return lines | {f"in_process.{metal}": row for metal, row in self.in_process.items()}

    def _mean(self, by_process: Mapping[str, Array]) -> Array:
        """Return the grade of all ore processed, zero where there is none."""
        if len(by_process) == 1:
            return next(iter(by_process.values()))
        metal = sum(
            (self.processed[name] * grade for name, grade in by_process.items()), 0.0 * self.ore_mined
        )
        shape = np.broadcast_shapes(metal.shape, self.ore_processed.shape)
        where = self.ore_processed > 0
        mean: Array = np.divide(metal, self.ore_processed, out=np.zeros(shape), where=where)
        return mean


def physicals(ctx: Context) -> Physicals:
    """Return the ore mined, stockpiled and processed, its grades, and the metal recovered.

    `recovered = ore × grade × recovery`, over several periods where a process takes its time; a source of
    several grades reaches a process through its feeds.
    """
    ore_mined, ore = ore_by_source(ctx)
    waste = {source.name: ctx.rows(ctx.value(source.waste)) for source in ctx.inputs.sources}
    waste_mined, waste = apportioned(ctx, "waste_mined", waste, "")
    piles = {pile.name: run_pile(ctx, pile, ore) for pile in ctx.inputs.stockpiles}
    tonnes = {process.name: _tonnes(ctx, process) for process in ctx.inputs.processes}
    ore_processed, processed = apportioned(ctx, "ore_processed", tonnes, "")
    bare = Physicals((), ore, waste, piles, processed, {}, {}, {}, ore_mined, waste_mined, ore_processed)
    metals = _metals(ctx)
    grades = {metal: _grades(ctx, metal, bare) for metal in metals}
    due = {metal: _due(ctx, metal, processed, grades[metal]) for metal in metals}
    recovered = {metal: _recovered(ctx, metal, rows) for metal, rows in due.items()}
    in_process = _in_process(ctx, due)
    grades = {metal: by_process for metal, by_process in grades.items() if by_process}
    return replace(bare, metals=metals, grades=grades, recovered=recovered, in_process=in_process)


def ore_by_source(ctx: Context) -> tuple[Array, dict[str, Array]]:
    """Return all ore mined and the ore of each source [t]; an entered `ore_mined` replaces the total."""
    ore = {source.name: ctx.rows(ctx.value(source.ore)) for source in ctx.inputs.sources}
    return apportioned(ctx, "ore_mined", ore, "")


def _tonnes(ctx: Context, process: Process) -> Array:
    if process.feeds:
        return ctx.rows(added((ctx.value(feed.ore) for feed in process.feeds), ctx.zeros()))
    return ctx.rows(ctx.value(process.ore))


def _metals(ctx: Context) -> tuple[str, ...]:
    """Return the metals that are in ore, in a product, or only in entered rows."""
    names: dict[str, None] = {}
    for process in ctx.inputs.processes:
        names |= dict.fromkeys(process.recoveries) | dict.fromkeys(process.grades)
        names |= dict.fromkeys(process.earlier)
    for product in ctx.inputs.products:
        names |= dict.fromkeys(terms.metal for terms in product.metals)
    for key in ctx.inputs.entered:
        prefix, _, metal = key.partition(".")
        if metal and prefix in ("recovered", "payable", "revenue", "head_grade"):
            names[metal] = None
    return tuple(names)


def _grades(ctx: Context, metal: str, rock: Physicals) -> dict[str, Array]:
    """Return the feed grade of a metal by process; an entered head grade scales all of them alike."""
    grades = {}
    for process in ctx.inputs.processes:
        if process.feeds:
            grades[process.name] = _feed_grade(ctx, process, metal, rock)
        elif metal in process.grades:
            grades[process.name] = ctx.rows(ctx.value(process.grades[metal]))
    entered = ctx.entered.get(f"head_grade.{metal}")
    if entered is None:
        return grades
    row = ctx.rows(entered)
    if len(grades) <= 1:
        return {next(iter(grades), ctx.inputs.processes[0].name if ctx.inputs.processes else ""): row}
    parts = {name: rock.processed[name] * grade for name, grade in grades.items()}
    held = added(parts.values(), ctx.zeros())
    factor = ratio(row * rock.ore_processed, held)
    return {name: np.where(np.isnan(factor), row, grade * factor) for name, grade in grades.items()}


def _feed_grade(ctx: Context, process: Process, metal: str, rock: Physicals) -> Array:
    """Return the grade of a blend of sources and stockpiles, zero where nothing is fed."""
    by_source = {source.name: source for source in ctx.inputs.sources}
    held, fed = ctx.zeros(), ctx.zeros()
    for feed in process.feeds:
        ore = ctx.value(feed.ore)
        if feed.source in rock.piles:
            grade = rock.piles[feed.source].grades.get(metal, ctx.zeros())
        else:
            grade = ctx.value(by_source[feed.source].grades.get(metal, 0.0))
        held, fed = held + ore * grade, fed + ore
    shape = np.broadcast_shapes(held.shape, fed.shape)
    blend: Array = np.divide(held, fed, out=np.zeros(shape), where=fed > 0)
    return blend


def _due(
    ctx: Context, metal: str, processed: Mapping[str, Array], grades: Mapping[str, Array]
) -> Mapping[str, Array]:
    """Return by process what the ore of each period gives of a metal, at once or later."""
    due = {}
    for process in ctx.inputs.processes:
        if process.name in grades and metal in process.recoveries:
            grade = grades[process.name]
            rate = recovery(ctx, process.recoveries[metal], grade)
            due[process.name] = ctx.rows(processed[process.name] * grade * rate)
    return due


def _recovered(ctx: Context, metal: str, due: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return a metal recovered by process; an entered `recovered.<metal>` replaces the total."""
    releases = _releases(ctx, metal)
    recovered = {
        name: released(row, releases[name]) if name in releases else row for name, row in due.items()
    }
    for name, row in _earlier(ctx, metal).items():
        recovered[name] = recovered[name] + row if name in recovered else row
    return apportioned(ctx, f"recovered.{metal}", recovered, "")[1]


def _in_process(ctx: Context, due: Mapping[str, Mapping[str, Array]]) -> dict[str, Array]:
    """Return what is in process of each metal that comes out later; of an entered row nobody knows it."""
    found = {}
    for metal, by_process in due.items():
        releases = _releases(ctx, metal)
        held = [still_in_process(row, releases[name]) for name, row in by_process.items() if name in releases]
        held += [yet_to_come(row) for row in _earlier(ctx, metal).values()]
        if held and f"recovered.{metal}" not in ctx.entered:
            found[metal] = added(held, ctx.zeros())
    return found


def _releases(ctx: Context, metal: str) -> Mapping[str, tuple[float, ...]]:
    processes = ctx.inputs.processes
    return {each.name: each.releases[metal] for each in processes if each.releases.get(metal)}


def _earlier(ctx: Context, metal: str) -> Mapping[str, Array]:
    """Return by process what comes out of ore from before the first period."""
    return {
        each.name: ctx.rows(ctx.value(each.earlier[metal]))
        for each in ctx.inputs.processes
        if metal in each.earlier
    }


def recovery(ctx: Context, given: Quantity | RecoveryCurve, head_grade: Array) -> Array:
    """Return a recovery, constant or by period; a curve is read at the head grade."""
    if isinstance(given, RecoveryCurve):
        return _read(given, head_grade)
    return ctx.value(given)


@primitive
def _read(curve: RecoveryCurve, head_grade: Array) -> Array:
    read = np.interp(head_grade.ravel(), curve.grades, curve.recoveries)
    return read.reshape(head_grade.shape)
