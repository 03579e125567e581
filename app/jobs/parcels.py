"""A process pool that is sent once what its tasks share, and whose results come back through shared memory.

To a caller it is an `Executor` like any other. The first argument of a task is pickled once for all the tasks
that have it, and unpickled once by each process. Arrays of a result are copied into a slot of memory that
both sides see; only the rest of it goes through the pipe. A result that no slot holds goes through the pipe
whole.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import lru_cache
from itertools import count
from multiprocessing.context import BaseContext
from typing import Any
from weakref import WeakValueDictionary

SLOT = 4 << 20  # bytes: the arrays of a block of 8,192 trials, fans with them, are 1.6 to 2.9 MB
SPARE = 2  # slots beside one for each process
NUMBERS = count()


class Shelf:
    """Slots of memory that several processes see, and the numbers of those that are free.

    A process waits for a free slot while results are read more slowly than they come.
    """

    def __init__(self, context: BaseContext, slots: int, size: int) -> None:
        self.number, self.slots, self.size = next(NUMBERS), slots, size
        self._memory = context.RawArray("c", max(slots * size, 1))
        self._free = context.SimpleQueue()
        for slot in range(slots):
            self._free.put(slot)

    def _part(self, slot: int) -> memoryview:
        return memoryview(self._memory).cast("B")[slot * self.size : (slot + 1) * self.size]

    def holds(self, buffers: list[memoryview]) -> bool:
        return bool(self.slots and buffers) and sum(map(len, buffers)) <= self.size

    def put(self, buffers: list[memoryview]) -> int:
        """Copy buffers into a free slot, one after the other, and return its number."""
        slot, start = int(self._free.get()), 0
        part = self._part(slot)
        for buffer in buffers:
            part[start : start + len(buffer)] = buffer
            start += len(buffer)
        return slot

    def outlive(self, future: Future[Any]) -> None:
        """Stay until a task is done, even when the pool is dropped: a process may wait for a slot."""

    def take(self, slot: int, sizes: list[int]) -> list[bytearray]:
        """Return copies of the buffers in a slot, each of its own so that one can be dropped, and free it."""
        part, start, found = self._part(slot), 0, []
        for size in sizes:
            found.append(bytearray(part[start : start + size]))
            start += size
        self._free.put(slot)
        return found


class Parcels(Executor):
    """Processes that do tasks of one shared argument and some small ones.

    begin: called in each process when it starts. slot: bytes of a slot of shared memory; with none, results
    go through the pipe.
    """

    def __init__(
        self, processes: int, context: BaseContext, begin: Callable[[], None], *, slot: int = SLOT
    ) -> None:
        self._shelf = Shelf(context, processes + SPARE if slot else 0, slot)
        _SHELVES[self._shelf.number] = self._shelf
        self._pool = ProcessPoolExecutor(
            processes, context, initializer=_begun, initargs=(self._shelf, begin)
        )
        self._known: tuple[Any, Any, bytes] = (None, None, b"")

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Have `work(*args, **more)` done by a process; the first argument is what tasks share."""
        if not args:
            return self._pool.submit(work, **more)
        known = self._known
        if known[0] is not work or known[1] is not args[0]:
            known = work, args[0], pickle.dumps((work, args[0]), pickle.HIGHEST_PROTOCOL)
            self._known = known
        future = self._pool.submit(_done, known[2], args[1:], more)
        future.add_done_callback(self._shelf.outlive)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


class Parcel:
    """A result on its way back: unpickling it gives the result itself."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        found: list[pickle.PickleBuffer] = []
        content = pickle.dumps(self.result, pickle.HIGHEST_PROTOCOL, buffer_callback=found.append)
        buffers = [each.raw() for each in found]
        shelf = _OWN[0]
        if not shelf.holds(buffers):
            return pickle.loads, (pickle.dumps(self.result, pickle.HIGHEST_PROTOCOL),)
        return _opened, (shelf.number, shelf.put(buffers), list(map(len, buffers)), content)


_SHELVES: WeakValueDictionary[int, Shelf] = WeakValueDictionary()
_OWN: list[Shelf] = []


def _begun(shelf: Shelf, begin: Callable[[], None]) -> None:
    """Let a new process know where it puts results."""
    _OWN[:] = [shelf]
    begin()


@lru_cache(maxsize=2)
def _received(content: bytes) -> tuple[Callable[..., Any], Any]:
    work, shared = pickle.loads(content)  # noqa: S301  # nosec B301 - from the pool's own pipe
    return work, shared


def _done(content: bytes, own: tuple[Any, ...], more: dict[str, Any]) -> Parcel:
    work, shared = _received(content)
    return Parcel(work(shared, *own, **more))


def _opened(number: int, slot: int, sizes: list[int], content: bytes) -> Any:
    """Return the result of a parcel."""
    return pickle.loads(content, buffers=_SHELVES[number].take(slot, sizes))  # noqa: S301  # nosec B301 - as above
