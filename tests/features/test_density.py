"""The figure beside the form of a parameter: what is typed, as a density with its percentiles."""

from __future__ import annotations

import re

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.engine.kinds import DistributionFamily
from app.features.parameters.density import HEIGHT, WIDTH, density
from app.features.parameters.edit import Uncertainty
from app.models import Scenario
from tests.features.conftest import GOLD, Post
from tests.features.test_parameters import PERT

PRICE = f"{GOLD}/parameters/gold_price"
CASES = {
    DistributionFamily.UNIFORM: {"min": 2.0, "max": 4.0},
    DistributionFamily.NORMAL: {"mean": 100.0, "sd": 15.0},
    DistributionFamily.TRIANGULAR: {"min": 0.0, "mode": 1.0, "max": 2.0},
}


def outline(text: str) -> np.ndarray:
    found = np.array([[float(x), float(y)] for x, y in re.findall(r"[ML](\S+) ([0-9.]+)", text)])
    assert (found[:, 0] >= 0).all()
    assert (found[:, 0] <= WIDTH).all()
    assert (np.diff(found[:, 0]) >= 0).all()
    return found


@pytest.mark.parametrize("family", CASES)
def test_the_area_left_of_a_mark_is_its_probability(family: DistributionFamily) -> None:
    shown = density(Uncertainty(family, CASES[family]))
    points = outline(shown.outline)
    x, heights = points[1:-1, 0], HEIGHT - points[1:-1, 1]
    whole = np.trapezoid(heights, x)
    for mark, share in zip(shown.marks, (0.1, 0.5, 0.9), strict=True):
        left = np.trapezoid(np.where(x <= mark.x, heights, 0.0), x) / whole
        assert left == pytest.approx(share, abs=0.02)
    assert [mark.value for mark in shown.marks] == sorted(mark.value for mark in shown.marks)


def test_a_uniform_is_flat() -> None:
    shown = density(Uncertainty(DistributionFamily.UNIFORM, CASES[DistributionFamily.UNIFORM]))
    assert (shown.mean, [round(mark.value, 6) for mark in shown.marks]) == (3.0, [2.2, 3.0, 3.8])
    heights = outline(shown.outline)[20:-20, 1]
    assert heights == pytest.approx(heights[0])


def test_single_values_stand_as_bars() -> None:
    numbers = {"values": (1.0, 2.0, 5.0), "weights": (0.2, 0.5, 0.3)}
    shown = density(Uncertainty(DistributionFamily.DISCRETE, numbers))
    points = outline(shown.outline)
    up = HEIGHT - points[1:-1, 1]
    assert sorted({round(height / up.max(), 1) for height in up}) == [0.0, 0.4, 0.6, 1.0]
    assert [mark.value for mark in shown.marks] == [1.0, 2.0, 5.0]


def test_it_follows_what_is_typed(client: TestClient, post: Post, gold: Scenario) -> None:
    asked = f"{PRICE}/what-if"
    assert 'class="density-area"' in client.get(PRICE).text
    typed = post(PRICE, asked, **PERT).text
    assert "Density of the PERT distribution" in typed
    assert "P50" in typed
    assert "density" not in post(PRICE, asked, values="3500", family="certain", note="").text
    wrong = post(PRICE, asked, **PERT | {"pert.min": "9,999"}).text
    assert "No value as typed" in wrong
    assert "density" not in wrong
