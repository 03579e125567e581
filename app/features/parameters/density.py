"""The density of an uncertainty as a small figure beside its form, drawn anew while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.simulation.distributions import DISTRIBUTIONS, build
from app.features.parameters.edit import Uncertainty

#: The figure in its own units; the page stretches it.
WIDTH, HEIGHT = 480.0, 120.0
POINTS, BARS = 161, 40
#: Beyond these probabilities nothing is drawn: the tails of some families have no end.
OUTER = (0.002, 0.998)
LEVELS = (("P10", 0.1), ("P50", 0.5), ("P90", 0.9))


@dataclass(frozen=True, slots=True)
class Mark:
    """A percentile: its value, and where it stands in the figure."""

    label: str
    value: float
    x: float


@dataclass(frozen=True, slots=True)
class Density:
    """label: of the family. outline: an SVG path of the area under the density. low, high: what it spans."""

    label: str
    outline: str
    low: float
    high: float
    marks: Sequence[Mark]
    mean: float


def density(uncertainty: Uncertainty) -> Density:
    """Return the figure of a checked uncertainty, in the parameter's unit or as a plain factor."""
    distribution = build(uncertainty.family, uncertainty.numbers)
    low, *values, high = distribution.inverse(np.array([OUTER[0], *(share for _, share in LEVELS), OUTER[1]]))
    room = max(float(high - low), abs(float(low)) * 1e-6, 1e-12)
    low, high = float(low) - room * 0.04, float(high) + room * 0.04
    x = np.linspace(low, high, POINTS)
    heights = distribution.density(x)
    if heights is None or not np.isfinite(heights).any():
        drawn = distribution.inverse((np.arange(4096) + 0.5) / 4096)
        counts, edges = np.histogram(drawn, bins=BARS, range=(low, high))
        x, heights = np.repeat(edges, 2)[1:-1], np.repeat(counts, 2)
    heights = np.nan_to_num(np.asarray(heights, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    across = (x - low) / (high - low) * WIDTH
    up = HEIGHT * (1 - 0.94 * heights / max(float(heights.max()), 1e-300))
    steps = " ".join(f"L{a:.1f} {b:.1f}" for a, b in zip(across, up, strict=True))
    return Density(
        DISTRIBUTIONS[uncertainty.family].label,
        f"M0 {HEIGHT:g} {steps} L{WIDTH:g} {HEIGHT:g}Z",
        float(f"{low:.4g}"),
        float(f"{high:.4g}"),
        [
            Mark(label, float(value), round((float(value) - low) / (high - low) * WIDTH, 1))
            for (label, _), value in zip(LEVELS, values, strict=True)
        ],
        distribution.expectation(),
    )
