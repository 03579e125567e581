"""Arguments as trees: tuples, lists, mappings and dataclasses with arrays and slots as their leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from operator import attrgetter, is_not
from typing import Any

import numpy as np

SMALL = 4096  # bytes of an array that is compared by content


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value on a tape."""

    index: int


@lru_cache(maxsize=1024)
def _names(kind: type) -> tuple[str, ...] | None:
    """Return the fields of a dataclass that is a branch of trees, None for a type of leaves."""
    if not is_dataclass(kind) or kind is Slot:
        return None
    return tuple(field.name for field in fields(kind))


@lru_cache(maxsize=1024)
def _values(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """Return what takes the fields from a branch, None for a type of leaves."""
    names = _names(kind)
    if names is None:
        return None
    if len(names) > 1:
        return attrgetter(*names)
    return lambda tree: tuple(getattr(tree, name) for name in names)


@lru_cache(maxsize=1024)
def _is_mapping(kind: type) -> bool:
    return issubclass(kind, Mapping)


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree whose leaves are changed; parts in which nothing changes are the very same objects."""
    kind: Any = type(tree)
    if kind is tuple or kind is list:
        items = [mapped(item, change) for item in tree]
        return kind(items) if any(map(is_not, items, tree)) else tree
    if _is_mapping(kind):
        pairs = {key: mapped(item, change) for key, item in tree.items()}
        return pairs if any(map(is_not, pairs.values(), tree.values())) else tree
    names = _names(kind)
    if names is None:
        return change(tree)
    before = [getattr(tree, name) for name in names]
    after = [mapped(value, change) for value in before]
    return kind(**dict(zip(names, after, strict=True))) if any(map(is_not, after, before)) else tree


def leaves(tree: Any, kind: type) -> list[Any]:
    """Return the leaves of one type, in order."""
    found: list[Any] = []
    _collect(tree, kind, found)
    return found


def _collect(tree: Any, kind: type, found: list[Any]) -> None:
    own: Any = type(tree)
    if own is tuple or own is list:
        for item in tree:
            _collect(item, kind, found)
    elif _is_mapping(own):
        for item in tree.values():
            _collect(item, kind, found)
    else:
        names = _names(own)
        if names is not None:
            for name in names:
                _collect(getattr(tree, name), kind, found)
        elif isinstance(tree, kind):
            found.append(tree)


class _Leaves(dict[type, bool]):
    """Whether a type is one of leaves that are equal by content: one look, where a call takes as long as all
    else."""

    def __missing__(self, kind: type) -> bool:
        branch = kind in (tuple, list, np.ndarray) or _is_mapping(kind) or _names(kind) is not None
        self[kind] = found = not branch and issubclass(kind, Hashable)
        return found


LEAVES = _Leaves()


def identity(tree: Any) -> Hashable:
    """Return what two trees have in common exactly when they hold the same slots and constants."""
    kind: Any = type(tree)
    if LEAVES[kind]:
        return kind, tree
    if kind is tuple or kind is list:
        return kind, _of_each(tree)
    if kind is np.ndarray:
        content: Hashable = tree.tobytes() if tree.nbytes <= SMALL else id(tree)
        return kind, tree.shape, tree.dtype.str, content
    if _is_mapping(kind):
        return dict, tuple(tree), _of_each(tree.values())
    fields_of = _values(kind)
    return kind, id(tree) if fields_of is None else _of_each(fields_of(tree))


def _of_each(items: Iterable[Any]) -> Hashable:
    # Most are leaves, and not worth a call.
    return tuple([(type(item), item) if LEAVES[type(item)] else identity(item) for item in items])
