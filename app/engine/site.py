"""Every cost of running the mine, line by line, with the activity behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.bases import Work
from app.engine.closure import Reclamation
from app.engine.consumption import consumption_cost, used
from app.engine.costs import cost, is_offsite
from app.engine.equipment import Fleet
from app.engine.kinds import ClosureFunding, CostCategory
from app.engine.maintenance import upkeep
from app.engine.quantity import Array


@dataclass(frozen=True, slots=True)
class Site:
    """Rows by period, `(n_periods, n_trials | 1)`.

    opex: site lines by name [money], category of each; offsite: off-site lines by name [money];
    activity: lines of physical activity by key.
    """

    opex: dict[str, Array] = field(default_factory=dict)
    category: dict[str, CostCategory] = field(default_factory=dict)
    offsite: dict[str, Array] = field(default_factory=dict)
    activity: dict[str, Array] = field(default_factory=dict)

    def by_category(self) -> dict[str, Array]:
        """Return site cost by category."""
        sums: dict[str, Array] = {}
        for name, row in self.opex.items():
            key = self.category[name].value
            sums[key] = sums[key] + row if key in sums else row
        return sums


def run_site(work: Work, fleets: Mapping[str, Fleet], plans: Mapping[str, Reclamation]) -> Site:
    """Return cost lines, consumption, equipment, maintenance and surety premiums.

    An entered `opex.<name>` replaces a site line. fleets by equipment class, plans by closure.
    """
    site = Site()
    _cost_lines(work, site)
    _consumption(work, site)
    _equipment(work, site, fleets)
    _maintenance(work, site, fleets)
    for closure in work.ctx.inputs.closures:
        if closure.funding is ClosureFunding.SURETY:
            _add(work, site, f"{closure.name} surety", CostCategory.OTHER, plans[closure.name].premium)
    return site


def _add(work: Work, site: Site, name: str, category: CostCategory, amount: Array) -> None:
    site.opex[name] = work.ctx.line(f"opex.{name}", amount)
    site.category[name] = category


def _cost_lines(work: Work, site: Site) -> None:
    for line in work.ctx.inputs.costs:
        amount = cost(work, line)
        if is_offsite(line):
            site.offsite[line.name] = amount
        else:
            _add(work, site, line.name, line.category, amount)


def _consumption(work: Work, site: Site) -> None:
    for line in work.ctx.inputs.consumption:
        quantity = used(work, line)
        site.activity[f"consumption.{line.name}"] = quantity
        _add(work, site, line.name, line.category, consumption_cost(work, line, quantity))


def _equipment(work: Work, site: Site, fleets: Mapping[str, Fleet]) -> None:
    for unit in work.ctx.inputs.equipment:
        units = fleets[unit.name]
        for row in ("hours", "required", "held", "replaced", "rebuilt"):
            site.activity[f"equipment.{unit.name}.{row}"] = getattr(units, row)
        hourly = work.ctx.money(unit.hourly_cost, unit.money)
        _add(work, site, unit.name, CostCategory.EQUIPMENT, units.hours * hourly)


def _maintenance(work: Work, site: Site, fleets: Mapping[str, Fleet]) -> None:
    for plan in work.ctx.inputs.maintenance:
        done = upkeep(work.ctx, plan, fleets[plan.equipment])
        site.activity[f"maintenance.{plan.name}.events"] = done.events
        site.activity[f"maintenance.{plan.name}.downtime"] = done.downtime
        _add(work, site, plan.name, CostCategory.MAINTENANCE, done.cost)
