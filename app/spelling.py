"""Which right name somebody meant who wrote a wrong one."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def nearest_names(name: str, known: Collection[str]) -> list[str]:
    """Return the right names that are one slip away, else the most similar one, else none."""
    upper = name.upper()
    size = len(upper)
    alike = [right for right in known if -2 < len(right) - size < 2]
    slips = sorted(right for right in alike if right == upper or one_slip_apart(upper, right))
    return slips or get_close_matches(upper, known, n=1, cutoff=0.4)


def one_slip_apart(written: str, right: str) -> bool:
    """Say whether one letter too many, too few or wrong, or two swapped, make one name of the other."""
    if abs(len(written) - len(right)) > 1:
        return False
    pairs = enumerate(zip(written, right, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), min(len(written), len(right)))
    one, other = written[start:], right[start:]
    return one != other and (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[:2][::-1] and one[2:] == other[2:])
    )
