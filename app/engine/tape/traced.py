"""Arrays that write down what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from app.engine.primitive import Recorder, Untraceable


class Taker(Recorder, Protocol):
    """What a traced array tells its tape."""

    def ufunc(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
        """Do a ufunc and take it down."""
        ...

    def view(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Do what gives another look at the same numbers and take it down."""
        ...

    def widened(self, rows: Any, shape: tuple[int, ...]) -> Any:
        """Repeat rows to a shape and take that down where they are traced."""
        ...


def item(rows: Any, key: Any) -> Any:
    """Return a slice of rows."""
    return rows[key]


def broadcast(rows: Any, shape: tuple[int, ...]) -> Any:
    """Return rows repeated to a shape, without copying."""
    return np.broadcast_to(rows, shape)


def broadcast_rows(rows: Any, shape: tuple[int, ...]) -> Any:
    """Return rows repeated to a shape before the trials, without copying."""
    return np.broadcast_to(rows, (*shape, rows.shape[-1]))


def reshaped(rows: Any, shape: tuple[int, ...]) -> Any:
    """Return rows in another shape."""
    return np.reshape(rows, shape)


def filled(ufunc: np.ufunc, inputs: tuple[Any, ...], where: Any, start: Any) -> Any:
    """Return a ufunc's values where a mask holds, the start elsewhere."""
    shape = np.broadcast_shapes(np.shape(start), *(np.shape(each) for each in inputs))
    return ufunc(*inputs, out=np.array(np.broadcast_to(start, shape)), where=where)


def reduced(name: str, rows: Any, axis: int | None) -> Any:
    """Return a reduction by a method of the array, such as `any` along periods."""
    return getattr(rows, name)(axis=axis)


FRESH = frozenset({np.where, np.clip, np.argmax})
EMPTY: dict[Callable[..., Any], float] = {np.zeros_like: 0.0, np.ones_like: 1.0}


class Traced(NDArrayOperatorsMixin):
    """Rows with numbers in them, for their shape and so that recording looks like evaluating.

    Whatever would make the course of the evaluation depend on the numbers raises `Untraceable`.
    """

    __slots__ = ("slot", "tape", "value")
    __hash__ = None  # type: ignore[assignment]  # as of an array

    def __init__(self, tape: Taker, slot: int, value: Any) -> None:
        self.tape, self.slot, self.value = tape, slot, value

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        return int(self.value.ndim)

    @property
    def size(self) -> int:
        return int(self.value.size)

    @property
    def dtype(self) -> Any:
        return self.value.dtype

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return self.tape.view(item, (self, key))

    def reshape(self, *shape: Any) -> Any:
        size = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return self.tape.view(reshaped, (self, size))

    def any(self, axis: int | None = None) -> Any:
        return self.tape.call(reduced, ("any", self, axis), {})

    def all(self, axis: int | None = None) -> Any:
        return self.tape.call(reduced, ("all", self, axis), {})

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise Untraceable("the numbers themselves are looked at")

    __bool__ = __float__ = __int__ = __index__ = __array__ = __setitem__ = _refuse

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", (None,))[0]
        where = kwargs.pop("where", True)
        if method != "__call__" or kwargs:
            raise Untraceable(f"{ufunc.__name__}.{method}")
        if where is True:
            if isinstance(out, np.ndarray):
                raise Untraceable("an array that is not traced is written to")
            return self.tape.ufunc(ufunc, inputs)
        if out is None or any(each is out for each in inputs):
            raise Untraceable("what is left where a mask does not hold is unknown")
        return self.tape.call(filled, (ufunc, inputs, where, out), {})

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function in FRESH:
            return self.tape.call(function, args, kwargs)
        if function in EMPTY and not kwargs:
            return np.full(args[0].shape, EMPTY[function])
        if function is np.broadcast_to:
            shape = tuple(np.atleast_1d(args[1]).tolist())
            return args[0] if args[0].shape == shape else self.tape.widened(args[0], shape)
        if function is np.broadcast_arrays:
            shape = np.broadcast_shapes(*(each.shape for each in args))
            return tuple(np.broadcast_to(each, shape) for each in args)
        raise Untraceable(function.__name__)
