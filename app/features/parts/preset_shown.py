"""Fiscal presets as pages and the API show them, and applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import Scenario
from app.planning.edit import RowChange, save_made
from app.planning.effect import EffectPanel, panel_of
from app.planning.fiscal_terms import Terms, terms_of
from app.planning.history import Because, latest_number
from app.planning.parts import PARTS
from app.planning.presets import Preset
from app.planning.told import said
from app.planning.what_if import what_if
from app.valuation.load import load_scenario
from app.web.measures import in_currency


@dataclass(frozen=True, slots=True)
class Choices:
    """How a preset is applied: levies that are there stay; rows entered in its place are deleted."""

    keep_levies: bool = False
    uncover: bool = False


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of a preset in words."""

    part: str
    name: str
    facts: Sequence[tuple[str, str]]


def term_rows(preset: Preset) -> list[TermRow]:
    """Return the rows of a preset in words."""
    found = []
    for row in preset.rows:
        part, money = PARTS[row.part], str(row.values.get("currency", "¤"))
        facts = [
            (field.words, in_currency(said(part, field.name, row.values[field.name]), money))
            for field in part.fields
            if field.name in row.values and field.name != "name"
        ]
        if row.metals:
            facts.append(("For", ", ".join(metal for metal in row.metals if len(metal) < 3)))
        found.append(TermRow(part.singular.capitalize(), str(row.values.get("name", part.title)), facts))
    return found


def asked(session: Session, scenario_id: int, preset: Preset, choices: Choices) -> tuple[Terms, EffectPanel]:
    """Return a preset as changes and what they would do; no session holds the rows after it."""
    scenario = load_scenario(session, scenario_id)
    terms = terms_of(scenario, preset, keep_levies=choices.keep_levies, uncover=choices.uncover)
    return terms, panel_of(what_if(session, scenario_id, terms.changes, scenario))


def apply_preset(
    session: Session, scenario: Scenario, preset: Preset, choices: Choices, seen: int | None, note: str
) -> int:
    """Apply a preset as one revision and return its number.

    seen: the revision that its effect was looked at on. Raises `Conflict` where another came after it, and
    `InvalidInput` where the scenario cannot take it.
    """
    newest = latest_number(session, scenario.id)
    if seen is not None and seen != newest:
        raise Conflict(
            "Somebody changed this scenario after you looked at the preset.",
            theirs={"Newest revision": newest},
            yours={"Newest revision": seen},
        )
    because = Because(f"Fiscal preset applied: {preset.name}, as of {preset.as_of}", note=note)

    def make(full: Scenario) -> tuple[Sequence[RowChange], Because]:
        terms = terms_of(full, preset, keep_levies=choices.keep_levies, uncover=choices.uncover)
        return terms.changes, because

    save_made(session, scenario, make)
    return latest_number(session, scenario.id)
