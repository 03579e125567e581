"""Every row of a project that is not stored yet, with its path in the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.exchange.registry import PROJECT, SCENARIOS, Sheet, children
from app.models import Project, Scenario
from app.models.base import Base


@dataclass(frozen=True, slots=True)
class Node:
    """One row.

    owners: the values of the keys that its owners give it. scenario: its number, -1 of the project itself.
    """

    path: str
    sheet: Sheet
    row: Base
    owners: tuple[str, ...] = ()
    scenario: int = -1

    @property
    def keys(self) -> tuple[object, ...]:
        """What tells it apart from the other rows of its sheet."""
        own = self.sheet.keys[self.sheet.inherited :]
        return (*self.owners, *(getattr(self.row, name) for name in own))


def nodes(project: Project) -> Iterator[Node]:
    """Yield the project, then each scenario with its parts."""
    yield Node("project", PROJECT, project)
    for number, scenario in enumerate(project.scenarios):
        yield from scenario_nodes(scenario, number)


def scenario_nodes(scenario: Scenario, number: int) -> Iterator[Node]:
    """Yield a scenario and its parts."""
    top = Node(f"scenarios[{number}]", SCENARIOS, scenario, (), number)
    yield top
    yield from _below(top, ())


def _below(node: Node, owners: tuple[str, ...]) -> Iterator[Node]:
    for sheet in children(node.sheet.path):
        name = sheet.path[-1]
        owned = getattr(node.row, name)
        if sheet.one:
            if owned is not None:
                yield Node(f"{node.path}.{name}", sheet, owned, owners, node.scenario)
            continue
        for index, row in enumerate(owned):
            below = Node(f"{node.path}.{name}[{index}]", sheet, row, owners, node.scenario)
            yield below
            yield from _below(below, tuple(str(key) for key in below.keys))
