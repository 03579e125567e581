"""What every test may ask for, and how a run of tests is set up."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings as hypothesis_settings

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

os.environ["CALMINER_ENVIRONMENT"] = "test"

# A few examples of each property at hand; HYPOTHESIS_PROFILE=thorough is what CI runs besides.
hypothesis_settings.register_profile(
    "quick", max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# The same examples in every run, so that a red CI can be run again.
hypothesis_settings.register_profile(
    "ci", hypothesis_settings.get_profile("quick"), derandomize=True, print_blob=True
)
hypothesis_settings.register_profile("thorough", hypothesis_settings.get_profile("ci"), max_examples=200)
hypothesis_settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "quick")
)

#: So many new objects, which a page makes and leaves, are worth a look of the garbage collector.
YOUNG_OBJECTS = 20_000

#: Gives the browser of somebody: `client_as(role)`, `client_as(user=person)`.
ClientAs = Callable[..., "TestClient"]


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures of the application, a second's work, unless the engine alone is tested."""
    if not all(each.startswith("tests/engine") for each in config.args):
        config.pluginmanager.import_plugin("tests.application")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the garbage collector off what lives as long as the run: modules, models, thousands of tests."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Write a figure where whoever runs the tests sees it: at their end, whichever process ran this one."""

    def write(line: str) -> None:
        record_property("figure", line)

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ended = [each for each in chain(*terminalreporter.stats.values()) if getattr(each, "when", "") == "call"]
    figures = [(each, text) for each in ended for name, text in each.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
    for test, text in figures:
        terminalreporter.write_line(f"{test.nodeid.rpartition('::')[2]}: {text}")
