"""Ore sources, stockpiles and processes."""

from __future__ import annotations

from app import models
from app.engine.inputs import Feed, OreSource, Process, RecoveryCurve, Stockpile
from app.engine.quantity import Quantity
from app.valuation.inputs.reader import Reader


def source(read: Reader, row: models.OreSource) -> OreSource:
    """Return a pit, a stope or an ore type."""
    return OreSource(
        name=row.name,
        ore=read.quantity(row, "ore"),
        waste=read.quantity(row, "waste"),
        grades={metal.metal: read.quantity(metal, "grade") for metal in row.metals},
        reserve=read.maybe_single(row, "reserve"),
    )


def stockpile(read: Reader, row: models.Stockpile) -> Stockpile:
    """Return ore that waits."""
    return Stockpile(
        name=row.name,
        source=row.source,
        opening=read.single(row, "opening"),
        opening_grades={metal.metal: read.single(metal, "opening_grade") for metal in row.metals},
    )


def process(read: Reader, row: models.Process) -> Process:
    """Return a mill, a leach pad or a plant."""
    return Process(
        name=row.name,
        ore=read.quantity(row, "ore"),
        grades={
            metal.metal: read.quantity(metal, "grade") for metal in row.metals if metal.grade is not None
        },
        recoveries={
            metal.metal: _recovery(read, metal)
            for metal in row.metals
            if metal.recovery is not None or metal.recovery_curve is not None
        },
        feeds=tuple(
            Feed(source=feed.source or feed.stockpile or "", ore=read.quantity(feed, "ore"))
            for feed in row.feeds
        ),
        releases={
            metal.metal: read.row(metal, "release") for metal in row.metals if metal.release is not None
        },
        earlier={
            metal.metal: read.quantity(metal, "earlier") for metal in row.metals if metal.earlier is not None
        },
    )


def _recovery(read: Reader, metal: models.ProcessMetal) -> Quantity | RecoveryCurve:
    if metal.recovery_curve is not None:
        return RecoveryCurve(*read.curve(metal, "recovery_curve"))
    return read.quantity(metal, "recovery")
