"""Writes what the kernel reads: instructions of 32 words, and registers for what a segment makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.engine.quantity import Array
from app.engine.tape.fuse import grouped
from app.engine.tape.pairs import paired
from app.engine.tape.places import MASK, Done, Place, Sizes
from app.engine.tape.segment import CONSTANT, NARROW, OUTSIDE, WIDE, WORDS, Outside, Segment
from app.engine.tape.twins import Op, Twin

Words = tuple[int, int, int, int]  # an operand in kernel.h: base, first row, step, wide


@dataclass
class Writer:
    """Writes the instructions of one segment. free: rows of registers nobody needs, by base."""

    places: Mapping[int, Place | None]
    sizes: Sizes
    code: list[list[int]] = field(default_factory=list)
    constants: list[Array] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)
    registers: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # base, first row, rows
    free: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: {WIDE: [], NARROW: []})
    height: dict[int, int] = field(default_factory=lambda: {WIDE: 0, NARROW: 0})
    outside: dict[int, Outside] = field(default_factory=dict)
    exported: dict[int, Outside] = field(default_factory=dict)

    def segment(self, work: Sequence[Done], later: set[int]) -> Segment:
        """Return the segment of some steps. later: slots that are read after it."""
        roots = {own.root for slot in later if (own := self.places[slot])}
        work = paired(work, later | roots)
        made = {slot for done in work for slot in done.made}
        views = {
            slot
            for slot in later
            if (own := self.places[slot]) and own.root != slot and (own.root in made or not work)
        }
        last = {operand.root: index for index, done in enumerate(work) for operand in done.places}
        for index, done in enumerate(work):
            self._write(done)
            for slot in done.made:
                if slot in later:
                    self._export(slot)
                for view in sorted(views):
                    if (own := self.places[view]) and own.root == slot:
                        self._export(view)
            for root in {each.root for each in done.places} | set(done.made):
                if last.get(root, index) == index and root in self.registers:
                    self._release(root)
        if not work:
            for view in sorted(views):
                self._export(view)
        return self._finished()

    def _finished(self) -> Segment:
        pool = np.concatenate(self.constants) if self.constants else np.zeros((0, 1))
        outside = (*self.outside.values(), *self.exported.values())
        order = {(each.slot, each.made): OUTSIDE + index for index, each in enumerate(outside)}
        code = np.array(self.code, dtype=np.int64).reshape(-1, WORDS)
        for words in code:
            for at in range(8, WORDS, 4):
                if words[at] >= OUTSIDE:  # written as twice the slot, and one where it is made
                    slot, own = divmod(int(words[at]) - OUTSIDE, 2)
                    words[at] = order[slot, bool(own)]
        grouped(code, (self.height[WIDE], self.height[NARROW]))
        return Segment(code, pool.ravel(), self.height[WIDE], self.height[NARROW], outside)

    def _write(self, done: Done) -> None:
        twin = done.twin
        results = [slot for index, slot in enumerate(done.made) if index not in twin.zeros]
        for slot in results:
            self._allot(slot, self._whole(slot).wide, self._whole(slot).count)
        for index in twin.zeros:
            self._zeros(done.made[index])
        out = [self._register(slot) for slot in results]
        if twin.scratch:
            wide = out[0][3] == 1
            self._allot(-1, wide, twin.scratch)
            out.append((*self.registers[-1][:2], 1, int(wide)))
        into = []
        for each, along in zip(done.operands, (*twin.along, True), strict=False):
            into.append(self._read(each, done.rows if along else None))
        self._emit(twin, done.rows, out, into)
        if twin.scratch:
            self._release(-1)

    def _zeros(self, slot: int) -> None:
        own = self._whole(slot)
        self._allot(slot, own.wide, own.count)
        nothing = self._read(np.zeros((1, 1)), own.count)
        self._emit(Twin(Op.COPY, ()), own.count, [self._register(slot)], [nothing])

    def _emit(
        self,
        twin: Twin,
        rows: int,
        out: Sequence[Words],
        into: Sequence[Words],
    ) -> None:
        nothing = (CONSTANT, 0, 0, 0)
        numbers = np.zeros(3)
        numbers[: len(twin.numbers)] = twin.numbers
        extra = (*twin.extra, 0, 0, 0)[:3]
        operands = (*out, *(nothing,) * (3 - len(out)), *into, *(nothing,) * (3 - len(into)))
        flat = [word for operand in operands for word in operand]
        self.code.append([int(twin.op), rows, *extra, *numbers.view(np.int64).tolist(), *flat])

    def _read(self, operand: Place | Array, rows: int | None) -> Words:
        """Return an operand's words. rows: how many are gone through, one of them again and again if need
        be."""
        if not isinstance(operand, Place):
            content = operand.tobytes()
            if content not in self.known:
                self.known[content] = sum(map(len, self.constants))
                self.constants.append(operand.reshape(-1, 1))
            return CONSTANT, self.known[content], int(len(operand) > 1), 0
        step = operand.step if operand.count > 1 or rows is None else 0
        if operand.root in self.registers:
            base, first, _ = self.registers[operand.root]
        else:
            base, first = OUTSIDE + 2 * operand.root, 0
            self.outside.setdefault(operand.root, self._outside(operand.root, made=False))
        return base, first + operand.first, step, int(operand.wide)

    def _whole(self, slot: int) -> Place:
        own = self.places[slot]
        if own is None:
            raise KeyError(slot)
        return own

    def _register(self, slot: int) -> Words:
        base, first, _ = self.registers[slot]
        return base, first, 1, int(base == WIDE)

    def _export(self, slot: int) -> None:
        """Copy a slot to an array of its own, for those who read it later."""
        own = self._whole(slot)
        self.exported[slot] = self._outside(slot, made=True)
        target = (OUTSIDE + 2 * slot + 1, 0, 1, int(own.wide))
        self._emit(Twin(Op.COPY, ()), own.count, [target], [self._read(own, own.count)])

    def _outside(self, slot: int, *, made: bool) -> Outside:
        shape, dtype = self.sizes.by_slot[slot]
        return Outside(slot, shape, shape[-1] == self.sizes.width, dtype == MASK, made)

    def _allot(self, slot: int, wide: bool, rows: int) -> None:
        base = WIDE if wide else NARROW
        fitting = [gap for gap in self.free[base] if gap[1] >= rows]
        if fitting:
            first, length = min(fitting, key=lambda gap: gap[1])
            self.free[base].remove((first, length))
            if length > rows:
                self.free[base].append((first + rows, length - rows))
        else:
            first = self.height[base]
            self.height[base] += rows
        self.registers[slot] = base, first, rows

    def _release(self, slot: int) -> None:
        base, first, rows = self.registers.pop(slot)
        gaps = sorted([*self.free[base], (first, rows)])
        joined = gaps[:1]
        for gap in gaps[1:]:
            before = joined[-1]
            if before[0] + before[1] == gap[0]:
                joined[-1] = before[0], before[1] + gap[1]
            else:
                joined.append(gap)
        self.free[base] = joined
