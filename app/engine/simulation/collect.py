"""Puts blocks together, always in the order of their index, and turns them into the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Sampler, StopReason, Tail
from app.engine.quantity import Array
from app.engine.simulation import statistics
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.attribution import SAMPLE, Sample
from app.engine.simulation.blocks import BlockResult, Job
from app.engine.simulation.fans import Fans
from app.engine.simulation.figures import Figures, Request, figures
from app.engine.simulation.outcome import Outcome
from app.engine.simulation.result import (
    Attribution,
    ConvergencePoint,
    OutputStatistics,
    SimulationResult,
)
from app.engine.simulation.streaming import OUTPUT_BINS, Ranges, StreamedRows
from app.engine.version import ENGINE_VERSION

FAN_TRIALS = 1 << 17
FEWEST = 64  # trials in the first point of a convergence curve
HEADLINE = "npv_after_tax"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of a run is kept: whole outputs or their histograms, rows of the fans or their counts."""

    streamed: bool
    whole_fans: bool

    @classmethod
    def of(cls, job: Job) -> Plan:
        """Return what fits the memory limit: a quarter of it for fans, three copies of one output while
        sorting."""
        limit = job.draws.spec.memory_limit
        per_trial = 4 * len(job.lines) * job.draws.inputs.timeline.n_periods
        fan_trials = min(FAN_TRIALS, limit // 4 // max(per_trial, 1))
        streamed = (8 * len(job.outputs) + 24) * job.trials > limit * 3 // 4
        return cls(streamed, job.trials <= fan_trials)


@dataclass(frozen=True, slots=True)
class _Figured:
    """ordered: the defined values of an output. early: figures after the first so many trials."""

    figures: Figures
    request: Request
    ordered: Array
    early: tuple[tuple[int, list[float]], ...]


class Collector:
    """Everything known of a run so far."""

    def __init__(self, job: Job, base: Outcome) -> None:
        self.job, self.base, self.plan = job, base, Plan.of(job)
        self.done = self.blocks = 0
        self._values: list[Array] = []
        self._samples: list[NDArray[np.float32]] = []
        self._leading: list[Array] = []
        self._streams: list[StreamedRows] = []
        self._undefined: dict[str, Counter[str]] = {key: Counter() for key in job.outputs}
        self._fans = Fans(job.lines, job.draws.inputs.timeline.n_periods, whole=self.plan.whole_fans)

    @property
    def _hands(self) -> int | None:
        """How many scramblings show the errors, None where the spread of independent trials does."""
        spec = self.job.draws.spec
        return spec.replicates if spec.sampler is Sampler.SOBOL else None

    @property
    def _replicates(self) -> int:
        return self._hands or 1

    def add(self, block: BlockResult) -> None:
        """Add the next block, in order."""
        first, self.done, self.blocks = self.done, self.done + block.count, self.blocks + 1
        self._fans.add(block.fan)
        for key, counts in block.undefined.items():
            self._undefined[key].update(counts)
        if block.sample is not None:
            self._samples.append(block.sample)
        if not self.plan.streamed:
            self._values.append(block.values)
            return
        if first < SAMPLE:
            self._leading.append(block.values)
        if not self._streams:
            ranges = Ranges.around(block.values, OUTPUT_BINS)
            self._streams = [StreamedRows(ranges) for _ in range(self._replicates)]
        for offset in range(self._replicates):
            own = block.values[:, offset :: self._replicates]
            if own.shape[1]:
                self._streams[(first + offset) % self._replicates].add(own)

    def _row(self, index: int, trials: int) -> Array:
        """Return the first values of an output, up to `trials` or what is kept, `(n,)`, NaN where
        undefined."""
        blocks, rows, have = self._values or self._leading, [], 0
        for block in blocks:
            if have >= trials:
                break
            rows.append(block[index, : trials - have])
            have += len(rows[-1])
        return np.concatenate(rows) if rows else np.empty(0)

    def _ordered(self, index: int, lengths: Sequence[int]) -> tuple[Ascending, float]:
        """Return in ascending order the defined values of an output, of each of its scramblings and of the
        first so many trials; and how many trials are behind each value."""
        if not self.plan.streamed:
            return Ascending.dealt(self._row(index, self.done), self._hands or 0, lengths), 1.0
        whole = StreamedRows(self._streams[0].ranges)
        for stream in self._streams:
            whole.counts += stream.counts
            whole.low, whole.high = np.fmin(whole.low, stream.low), np.fmax(whole.high, stream.high)
        values, weight = whole.condensed(index)
        each = [stream.condensed(index)[0] for stream in self._streams] if self._hands else []
        early = Ascending.dealt(self._row(index, max(lengths, default=0)), 0, lengths)
        return Ascending.joined([values, *each, *list(early)[1:]]), weight

    def _figured(self, index: int, lengths: Sequence[int] = ()) -> _Figured:
        """Return what is known of one output, and of its first so many trials."""
        rows, weight = self._ordered(index, lengths)
        request = self._request(self.job.outputs[index], weight)
        found, others = figures(rows, request, self._hands)
        defined = rows.counts[len(rows) - len(lengths) :]
        shown = [length for length, count in zip(lengths, defined, strict=True) if count]
        return _Figured(found, request, rows[0], tuple(zip(shown, others.tolist(), strict=True)))

    def _request(self, key: str, weight: float) -> Request:
        spec = self.job.draws.spec
        side = self.base.tails.get(key, Tail.LOW)
        thresholds = tuple(spec.thresholds.get(key, ()))
        lost = 1 if spec.sampler is Sampler.PLAIN else 0
        return Request(spec.percentiles, thresholds, spec.tail, side, weight, lost)

    def converged(self) -> bool:
        """Return whether every percentile of the headline output is known to the relative error asked for."""
        goal = self.job.draws.spec.stop_at
        if goal is None:
            return False
        index = self.job.outputs.index(HEADLINE) if HEADLINE in self.job.outputs else 0
        if not self.done - sum(self._undefined[self.job.outputs[index]].values()):
            return False
        seen = self._figured(index)
        percentiles = statistics.percentiles(seen.figures, seen.request)
        return all(p.error is not None and p.error <= goal * abs(p.value) for p in percentiles)

    def result(self, stopped: StopReason) -> SimulationResult:
        """Return everything the blocks so far show."""
        spec = self.job.draws.spec
        outputs = {key: self._output(index, key) for index, key in enumerate(self.job.outputs)}
        return SimulationResult(
            engine_version=ENGINE_VERSION,
            seed=spec.seed,
            sampler=spec.sampler,
            replicates=self._replicates,
            trials_requested=spec.trials,
            trials_done=self.done,
            stopped=stopped,
            streamed=self.plan.streamed,
            outputs=outputs,
            fans=self._fans.finish(spec.percentiles),
            drivers=self._attributions(),
            correlation=self.job.draws.repair,
        )

    def _output(self, index: int, key: str) -> OutputStatistics:
        undefined = dict(sorted(self._undefined[key].items()))
        base = statistics.number(float(self.base.values[key][0]))
        count = self.done - sum(undefined.values())
        if not count:
            return OutputStatistics.empty(key, undefined, base)
        seen = self._figured(index, self._early)
        found, request, ordered = seen.figures, seen.request, seen.ordered
        loss, below = statistics.probabilities(found, request)
        histogram, exceedance = statistics.shape(ordered, request.weight)
        return OutputStatistics(
            key=key,
            count=count,
            undefined=undefined,
            base=base,
            mean=statistics.estimate(found, Figures.MEAN),
            sd=statistics.estimate(found, Figures.SD),
            skewness=statistics.estimate(found, Figures.SKEWNESS),
            minimum=float(ordered[0]),
            maximum=float(ordered[-1]),
            percentiles=statistics.percentiles(found, request),
            loss=loss,
            below=below,
            tail=statistics.tail_risk(found, request),
            histogram=histogram,
            exceedance=exceedance,
            convergence=self._convergence(seen),
        )

    @property
    def _early(self) -> list[int]:
        """After how many trials figures are shown: 64, 128, … while whole values are kept cheaply."""
        kept = self.done if not self.plan.streamed else sum(values.shape[1] for values in self._leading)
        most = min(self.done - 1, kept, FAN_TRIALS)
        return [FEWEST << i for i in range(most.bit_length()) if FEWEST << i <= most]

    def _convergence(self, seen: _Figured) -> tuple[ConvergencePoint, ...]:
        """Return the figures after some of the trials, and after all of them."""
        first = Figures.FIRST_PERCENTILE
        percentiles = slice(first, first + len(seen.request.percentiles))
        points = (*seen.early, (self.done, seen.figures.values.tolist()))
        return tuple(
            ConvergencePoint(trials, own[Figures.MEAN], tuple(own[percentiles])) for trials, own in points
        )

    def _attributions(self) -> dict[str, Attribution]:
        spec, names = self.job.draws.spec, self.job.draws.sampled
        if not self._samples or not names:
            return {}
        sample = Sample(names, np.concatenate(self._samples, axis=1))
        found = {}
        for index, key in enumerate(self.job.outputs):
            output = self._row(index, sample.trials)
            side = self.base.tails.get(key, Tail.LOW)
            attribution = sample.attribute(key, output, spec.tail, side)
            if attribution is not None:
                found[key] = attribution
        return found
