"""Arguments as trees: tuples, lists, mappings and dataclasses with arrays and slots as their leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

SMALL = 4096  # bytes of an array that is compared by content


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value on a tape."""

    index: int


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree whose leaves are changed; parts in which nothing changes are the very same objects."""
    if isinstance(tree, tuple | list):
        items = [mapped(item, change) for item in tree]
        same = all(new is old for new, old in zip(items, tree, strict=True))
        return tree if same else type(tree)(items)
    if isinstance(tree, Mapping):
        pairs = {key: mapped(item, change) for key, item in tree.items()}
        return tree if all(pairs[key] is item for key, item in tree.items()) else pairs
    if is_dataclass(tree) and not isinstance(tree, type | Slot):
        values = {field.name: getattr(tree, field.name) for field in fields(tree)}
        changed = mapped(values, change)
        return tree if changed is values else type(tree)(**changed)
    return change(tree)


def leaves(tree: Any, kind: type) -> list[Any]:
    """Return the leaves of one type, in order."""
    found: list[Any] = []

    def look(leaf: Any) -> Any:
        if isinstance(leaf, kind):
            found.append(leaf)
        return leaf

    mapped(tree, look)
    return found


def identity(tree: Any) -> Hashable:
    """Return what two trees have in common exactly when they hold the same slots and constants."""
    if isinstance(tree, tuple | list):
        return (type(tree), *(identity(item) for item in tree))
    if isinstance(tree, Mapping):
        return (dict, *((key, identity(item)) for key, item in tree.items()))
    if isinstance(tree, np.ndarray):
        content: Hashable = tree.tobytes() if tree.nbytes <= SMALL else id(tree)
        return (np.ndarray, tree.shape, tree.dtype.str, content)
    if isinstance(tree, Slot):
        return tree
    if is_dataclass(tree) and not isinstance(tree, type):
        return (type(tree), *(identity(getattr(tree, field.name)) for field in fields(tree)))
    return (type(tree), tree) if isinstance(tree, Hashable) else (type(tree), id(tree))
