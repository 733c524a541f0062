"""Make a plan."""

from __future__ import annotations

import time

import numpy as np

from onegrid.core.planning.terms import Asked, Effort, Plan, Progress, Watch
from onegrid.core.planning.town import Ints, Town


def plan(
    *,
    town: Town,
    asked: Asked,
    effort: Effort | None = None,
    seed: int = 0,
    watch: Watch | None = None,
    earlier: Ints | None = None,
) -> Plan:
    """Cut a town into grids.

    Args:
        effort: how long to improve; ten seconds by default.
        seed: the same seed and rounds give the same plan.
        watch: told about progress; planning stops soon after it answers False.
        earlier: (n,) a plan of the same town for the same wishes, to go on from; what comes back
            is not worse.
    """
    run = _Run(town, asked, effort or Effort(), seed, watch)
    run.earlier = earlier
    return run.plan()


class _Run:
    def __init__(
        self, town: Town, asked: Asked, effort: Effort, seed: int, watch: Watch | None
    ) -> None:
        self.town, self.asked, self.effort, self.seed = town, asked, effort, seed
        self.watch = watch
        self.earlier: Ints | None = None
        self.started = time.monotonic()
        self.going = True

    def plan(self) -> Plan:
        # Compiled code is loaded only by those who plan.
        from onegrid.core.planning.misses import find_misses
        from onegrid.core.planning.problem import make_problem, most_grids
        from onegrid.core.planning.resume import of_atoms
        from onegrid.core.planning.search import Search

        self._tell(Progress("prepare", 0.0, 0.0))
        self.problem = make_problem(self.town, self.asked)
        self.search = Search(self.problem, self.effort, self.seed, self.started, self._tick)
        if self.earlier is not None:
            self.search.earlier = of_atoms(self.problem, self.earlier)
        self.search.run()
        labels = self._labels()
        grids = int(labels.max()) + 1
        return Plan(
            labels=labels,
            grids=grids,
            misses=find_misses(self.problem, labels),
            score=sum(cut.cost for cut in self.search.cuts()) + self.problem.fixed,
            seed=self.seed,
            rounds=self.search.rounds,
            seconds=time.monotonic() - self.started,
            too_many=max(0, grids - most_grids(self.town, self.asked)),
        )

    def _tell(self, progress: Progress) -> None:
        if self.watch is not None and not self.watch(progress):
            self.going = False

    def _tick(self, stage: str, share: float) -> bool:
        seconds = time.monotonic() - self.started
        search = self.search
        if search.choice is None:
            self._tell(Progress(stage, share, seconds))
            return self.going
        cuts = search.cuts()
        grids = sum(cut.grids for cut in cuts)
        households = float(self.town.households.sum())
        self._tell(
            Progress(
                stage,
                self._share(seconds),
                seconds,
                grids,
                float(np.sqrt(max(0.0, sum(cut.inertia for cut in cuts)) / households)),
                1.0 - sum(cut.amiss for cut in cuts) / max(1, grids),
                self._labels,
            )
        )
        return self.going

    def _share(self, seconds: float) -> float:
        effort = self.effort
        shares = [0.0]
        if effort.seconds:
            shares.append(seconds / effort.seconds)
        if effort.rounds:
            shares.append(self.search.rounds / effort.rounds)
        return min(1.0, max(shares))

    def _labels(self) -> Ints:
        problem = self.problem
        atoms = np.empty(sum(len(part.piece.today) for part in problem.parts), dtype=np.int64)
        base = int(problem.kept.max()) + 1
        for part, cut in zip(problem.parts, self.search.cuts(), strict=True):
            _, of = np.unique(cut.of, return_inverse=True)
            atoms[part.first : part.first + len(of)] = base + of
            base += int(of.max()) + 1
        labels = problem.kept.copy()
        free = labels < 0
        labels[free] = atoms[problem.atom[free]]
        return labels
