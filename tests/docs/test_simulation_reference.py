"""The reference of the simulation says what the code does."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import app.engine.simulation
import app.engine.simulation.distributions
import app.engine.simulation.processes
from app.engine.kinds import Copula, Sampler
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.engine.simulation.parameters import Parameter
from app.engine.simulation.processes import PROCESSES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "engine" / "simulation.md"
MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (
        app.engine.simulation,
        app.engine.simulation.distributions,
        app.engine.simulation.processes,
    )
    for module in pkgutil.iter_modules(package.__path__)
]


def described(parameter: Parameter) -> str:
    if parameter.default is not None:
        return f"`{parameter.name}` = {parameter.default:g}"
    return f"`{parameter.name}` (optional)" if parameter.optional else f"`{parameter.name}`"


def test_examples_of_the_page() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted > 10
    assert results.failed == 0


def test_docstring_examples() -> None:
    results = [doctest.testmod(importlib.import_module(name)) for name in MODULES]
    assert sum(result.attempted for result in results) > 1
    assert sum(result.failed for result in results) == 0


@pytest.mark.parametrize("registry", [DISTRIBUTIONS, PROCESSES])
def test_the_tables_are_the_registries(
    registry: dict[str, app.engine.simulation.distributions.Family],
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for key, entry in registry.items():
        parameters = ", ".join(described(parameter) for parameter in entry.parameters)
        assert f"| `{key}` | {entry.label} | {parameters} | {entry.help} |" in text


def test_every_copula_and_sampler_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [kind for kind in (*Copula, *Sampler) if f"| `{kind}` |" not in text] == []
