"""What is wrong with the shares of the state and of partners."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.engine.fiscal.check_values import any_number, fraction, unique
from app.engine.inputs import MineInputs
from app.engine.inputs.fiscal import Interest
from app.engine.kinds import Carry
from app.engine.problems import Problem

ROUNDING = 1e-12


def check_interests(inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of every interest, and of a period in which they come to more than the whole."""
    interests = inputs.fiscal.interests
    yield from unique("fiscal.interests", (each.name for each in interests))
    together = np.zeros(1)
    for index, each in enumerate(interests):
        path = f"fiscal.interests[{index}]"
        yield from check_interest(path, each)
        together = together + np.ravel(np.asarray(each.share, dtype=np.float64))
        if any_number(together, above=1.0 + ROUNDING):
            yield Problem(f"{path}.share", each.share, "with those before it not more than 1 in any period")


def check_interest(path: str, interest: Interest) -> Iterator[Problem]:
    """Return the problems of one interest."""
    yield from fraction(f"{path}.share", interest.share)
    yield from fraction(f"{path}.recovery", interest.recovery)
    if interest.uplift < 0:
        yield Problem(f"{path}.uplift", interest.uplift, "not negative")
    if interest.carry is Carry.NONE:
        for name in ("recovery", "uplift"):
            if getattr(interest, name):
                yield Problem(
                    f"{path}.{name}", getattr(interest, name), "0, as nothing is paid for the holder"
                )
