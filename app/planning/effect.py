"""What unsaved changes would do to NPV, IRR, payback and AISC, as pages and the API show it.

The owner's NPV and IRR are among them where others have a share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.engine.kpis import Kpi
from app.errors import InvalidInput, Problem
from app.models import Scenario
from app.planning.what_if import WhatIf
from app.valuation.evaluate import Valuation, evaluate_scenario
from app.web.figures import Figure, figures

#: What stands beside an edit, in this order.
SHOWN = ("npv_after_tax", "irr_after_tax", "npv_attributable", "irr_attributable", "payback", "aisc")
#: Where less is better.
LESS_IS_BETTER = frozenset({"payback", "aisc"})
UP, DOWN, SAME = "good", "bad", "neutral"


@dataclass(frozen=True, slots=True)
class Effect:
    """One indicator as stored and as it would be. change: after less before, in the figure's unit."""

    key: str
    before: Figure | None
    after: Figure | None
    change: float | None
    tone: str


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """The indicators beside an edit, or what stands in the way of a value."""

    effects: Sequence[Effect]
    problems: Sequence[Problem]
    changed: bool


def panel_of(asked: WhatIf) -> EffectPanel:
    """Return the panel for a what-if."""
    before = {figure.key: figure for figure in figures(_shown(asked.before), asked.currency)}
    after = {figure.key: figure for figure in figures(_shown(asked.after), asked.currency)}
    old = {kpi.key: float(kpi.value[0]) for kpi in asked.before}
    new = {kpi.key: float(kpi.value[0]) for kpi in asked.after}
    effects = [
        _effect(key, before.get(key), after.get(key), old.get(key), new.get(key))
        for key in SHOWN
        if key in before or key in after
    ]
    return EffectPanel(effects, asked.problems, changed=True)


def _shown(kpis: Sequence[Kpi]) -> list[Kpi]:
    return [kpi for kpi in kpis if kpi.key in SHOWN]


def stored_panel(session: Session, scenario_id: int, loaded: Scenario | None = None) -> EffectPanel:
    """Return the indicators as stored, for a page where nothing was typed yet."""
    try:
        valuation = evaluate_scenario(session, scenario_id, loaded)
    except InvalidInput as error:
        return EffectPanel((), error.problems, changed=False)
    return panel_as_stored(valuation)


def panel_as_stored(valuation: Valuation) -> EffectPanel:
    """Return the indicators of a value, for a page where nothing was typed yet."""
    panel = panel_of(WhatIf(valuation.currency, valuation.kpis, valuation.kpis, ()))
    return replace(panel, changed=False)


def _effect(
    key: str, before: Figure | None, after: Figure | None, old: float | None, new: float | None
) -> Effect:
    """Return one line; the change is scaled as the figure after it is."""
    if not before or not after or before.value is None or after.value is None or old is None or new is None:
        return Effect(key, before, after, None, SAME)
    scale = new / after.value if after.value else (old / before.value if before.value else 1.0)
    change = (new - old) / scale
    if abs(change) <= 1e-12 * max(abs(before.value), abs(after.value)):
        return Effect(key, before, after, 0.0, SAME)
    better = (change < 0) == (key in LESS_IS_BETTER)
    return Effect(key, before, after, change, UP if better else DOWN)
