"""Puts blocks together, always in the order of their index, and turns them into the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Sampler, StopReason, Tail
from app.engine.quantity import Array
from app.engine.simulation import statistics
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.attribution import Sample
from app.engine.simulation.blocks import BlockResult, Job
from app.engine.simulation.fans import Fans
from app.engine.simulation.figures import Figures, Request, figures
from app.engine.simulation.kept import Kept
from app.engine.simulation.outcome import Outcome
from app.engine.simulation.result import Attribution, OutputStatistics, SimulationResult
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


class Collector:
    """Everything known of a run so far."""

    def __init__(self, job: Job, base: Outcome) -> None:
        self.job, self.base, self.plan = job, base, Plan.of(job)
        self.blocks = 0
        self._kept = Kept(self._hands, streamed=self.plan.streamed)
        self._samples: list[NDArray[np.float32]] = []
        self._undefined: dict[str, Counter[str]] = {key: Counter() for key in job.outputs}
        self._fans = Fans(job.lines, job.draws.inputs.timeline.n_periods, whole=self.plan.whole_fans)

    @property
    def done(self) -> int:
        """How many trials have been added."""
        return self._kept.trials

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
        self.blocks += 1
        self._kept.add(block.values)
        self._fans.add(block.fan)
        for key, counts in block.undefined.items():
            self._undefined[key].update(counts)
        if block.sample is not None:
            self._samples.append(block.sample)

    def _request(self, key: str, weight: float) -> Request:
        spec = self.job.draws.spec
        thresholds = tuple(spec.thresholds.get(key, ()))
        lost = 1 if spec.sampler is Sampler.PLAIN else 0
        return Request(spec.percentiles, thresholds, spec.tail, self._side(key), weight, lost)

    def converged(self) -> bool:
        """Return whether every percentile of the headline output is known to the relative error asked for."""
        goal = self.job.draws.spec.stop_at
        if goal is None:
            return False
        index = self.job.outputs.index(HEADLINE) if HEADLINE in self.job.outputs else 0
        if not self._defined(self.job.outputs[index]):
            return False
        _, (request,), ((found, _),) = self._figured([index], ())
        percentiles = statistics.percentiles(found, request)
        return all(p.error is not None and p.error <= goal * abs(p.value) for p in percentiles)

    def _defined(self, key: str) -> int:
        """Return how many trials define an output."""
        return self.done - sum(self._undefined[key].values())

    def result(self, stopped: StopReason) -> SimulationResult:
        """Return everything the blocks so far show."""
        spec = self.job.draws.spec
        return SimulationResult(
            engine_version=ENGINE_VERSION,
            seed=spec.seed,
            sampler=spec.sampler,
            replicates=self._replicates,
            trials_requested=spec.trials,
            trials_done=self.done,
            stopped=stopped,
            streamed=self.plan.streamed,
            outputs=self._outputs(),
            fans=self._fans.finish(spec.percentiles),
            drivers=self._attributions(),
            correlation=self.job.draws.repair,
        )

    def _figured(
        self, outputs: Sequence[int], lengths: Sequence[int]
    ) -> tuple[Ascending, list[Request], list[tuple[Figures, Array]]]:
        """Return the values of some outputs and of their parts in order, what is asked of each, and figures
        of all and of the first so many trials."""
        rows, weight = self._kept.ordered(outputs, lengths)
        requests = [self._request(self.job.outputs[index], weight) for index in outputs]
        return rows, requests, figures(rows, requests, self._hands)

    def _outputs(self) -> dict[str, OutputStatistics]:
        """Return the statistics of every output."""
        known = [self._known(key) for key in self.job.outputs]
        found = {own.key: OutputStatistics.empty(own.key, own.undefined, own.base) for own in known}
        for outputs in self._alike(known):
            found |= {own.key: own for own in self._described([known[index] for index in outputs], outputs)}
        return found

    def _known(self, key: str) -> statistics.Known:
        undefined = dict(sorted(self._undefined[key].items()))
        base = statistics.number(float(self.base.values[key][0]))
        return statistics.Known(key, self._defined(key), undefined, base)

    def _alike(self, known: Sequence[statistics.Known]) -> Iterator[list[int]]:
        """Yield outputs that some trial defines, and of which the same is asked, as many as are worth looking
        at together."""
        thresholds = self.job.draws.spec.thresholds
        groups: dict[tuple[float, ...], list[int]] = {}
        for index, own in enumerate(known):
            if own.trials:
                groups.setdefault(tuple(thresholds.get(own.key, ())), []).append(index)
        most = self._kept.together
        for group in groups.values():
            yield from (group[first : first + most] for first in range(0, len(group), most))

    def _described(
        self, known: Sequence[statistics.Known], outputs: Sequence[int]
    ) -> Iterator[OutputStatistics]:
        lengths = self._early
        rows, requests, found = self._figured(outputs, lengths)
        each = len(rows) // len(outputs)
        whole = rows.at(slice(None, None, each))
        shapes = statistics.shapes(whole, requests[0].weight)
        counts = rows.counts.reshape(-1, each)[:, each - len(lengths) :].tolist()
        for of, row, request, (own, early), shape, defined in zip(
            known, whole, requests, found, shapes, counts, strict=True
        ):
            shown = [length for length, count in zip(lengths, defined, strict=True) if count]
            all_of_them = [*early.tolist(), own.values.tolist()]
            points = statistics.convergence([*shown, self.done], all_of_them, request)
            yield statistics.described(of, row, request, own, shape, points)

    @property
    def _early(self) -> list[int]:
        """After how many trials figures are shown: 64, 128, … while whole values are kept cheaply."""
        most = min(self.done - 1, self._kept.whole, FAN_TRIALS)
        return [FEWEST << i for i in range(most.bit_length()) if FEWEST << i <= most]

    def _attributions(self) -> dict[str, Attribution]:
        spec, names = self.job.draws.spec, self.job.draws.sampled
        if not self._samples or not names:
            return {}
        sample = Sample(names, np.concatenate(self._samples, axis=1))
        outputs = self._kept.rows(range(len(self.job.outputs)), sample.trials)
        sides = [self._side(key) for key in self.job.outputs]
        return sample.attribute(self.job.outputs, outputs, spec.tail, sides)

    def _side(self, key: str) -> Tail:
        return self.base.tails.get(key, Tail.LOW)
