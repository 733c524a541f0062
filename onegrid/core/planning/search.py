"""The search: every piece is cut by itself, and the number of grids is shared out among them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np

from onegrid.core.planning.counts import Choice, choose_counts, first_counts
from onegrid.core.planning.inherit import from_today
from onegrid.core.planning.problem import Part, Problem
from onegrid.core.planning.resume import from_plan
from onegrid.core.planning.ruin import Reach, Start, first_cut, improve
from onegrid.core.planning.shapes import LATE, NOW, WORK, Reins, Terms
from onegrid.core.planning.terms import Effort
from onegrid.core.planning.town import Floats, Ints

#: Directions tried for each cut.
TURNS = 6
#: Tries of one call for each grid of a piece, and at most.
TRIES_A_GRID, MOST_TRIES = 4, 200
#: Tries for each grid that is amiss in the first cut of a piece.
MENDS = 30
#: How often all pairs of the first cut are gone through, at most.
FIRST_SWEEPS = 20
#: Seconds from the end of the time until what is not cut yet is only chopped.
HASTE = 0.3
#: Rounds without gain after which a piece is looked at less often.
PATIENCE = 4
#: Rounds without gain in every piece after which the search is over.
GIVE_UP = 60


@dataclass(frozen=True, eq=False)
class Cut:
    """A way to cut a piece.

    Attributes:
        of: (m,) number of the grid of each atom.
        cost: without the price of grids.
        inertia: household square metres.
        amiss: grids out of the band or across a barrier.
    """

    of: Ints
    cost: float
    grids: int
    inertia: float
    amiss: int


@dataclass(eq=False)
class Work:
    """A piece, the cheapest cut found for each number of grids, and how long nothing was gained."""

    part: Part
    index: int
    cuts: dict[int, Cut] = field(default_factory=dict)
    idle: int = 0

    def keep(self, cut: Cut) -> bool:
        """Keep a cut if it is the cheapest of its number of grids; tell whether it was."""
        known = self.cuts.get(cut.grids)
        if known is not None and known.cost <= cut.cost * (1 + 1e-12):
            return False
        self.cuts[cut.grids] = cut
        return True


class Stopped(Exception):
    """The watcher or the clock said stop."""


#: Told how much is done; answers whether to go on.
Tick = Callable[[str, float], bool]


class Search:
    """One run over all pieces of a problem.

    Attributes:
        earlier: (atoms,) grids of a plan of the same problem to go on from, or None.
        choice: the cut of each piece that is the best so far.
        rounds: rounds of improvement made.
    """

    def __init__(
        self, problem: Problem, effort: Effort, seed: int, started: float, tick: Tick
    ) -> None:
        self.problem, self.effort, self.seed, self.tick = problem, effort, seed, tick
        self.works = [Work(part, k) for k, part in enumerate(problem.parts)]
        self.price = problem.scale
        self.choice: Choice | None = None
        self.earlier: Ints | None = None
        self.rounds = 0
        self.until = np.inf if effort.seconds is None else started + effort.seconds
        self.halt = np.zeros(1, dtype=np.int64)
        self.told = started

    def run(self) -> None:
        """Make a first plan and improve it until the effort is spent or the watcher stops."""
        wish = self.effort
        with ThreadPoolExecutor(threads()) as pool:
            self._first(pool)
            try:
                while (wish.rounds is None or self.rounds < wish.rounds) and not self._late():
                    self._round(pool)
                    self.rounds += 1
                    if self._over():
                        break
            except Stopped:
                pass
            finally:
                self.halt[0] = NOW
        self._choose()

    def _over(self) -> bool:
        """Tell whether nothing more is to be expected, or nothing said how long to go on."""
        if self.effort.rounds is None and self.effort.seconds is None:
            return True
        return all(work.idle > GIVE_UP or len(work.part.piece.today) < 2 for work in self.works)

    def cuts(self) -> list[Cut]:
        """Return the chosen cut of each piece."""
        if self.choice is None:
            raise RuntimeError("the search has not run")
        return [
            work.cuts[count] for work, count in zip(self.works, self.choice.counts, strict=True)
        ]

    def _terms_of(self, part: Part, terms: Terms) -> Terms:
        """Return the terms of a piece: no way to another station is worth a grid amiss."""
        if len(part.piece.stations) < 2:
            return terms._replace(walk=0.0)
        return terms._replace(miss=terms.miss + terms.walk * part.sway)

    def _terms(self) -> Terms:
        problem = self.problem
        band, wishes, scale = problem.asked.band, problem.asked.wishes, problem.scale
        middle = (band.least + band.most) / 2
        walk = problem.walk if len(problem.town.stations) else 0.0
        work = sum(float(part.piece.sums[:, WORK].sum()) for part in problem.parts)
        return Terms(
            least=band.least,
            most=band.most,
            miss=30 * scale * sum((1, wishes.change, wishes.borders, wishes.workload, walk)),
            stray=400 * scale / middle,
            price=self.price,
            balance=wishes.workload * scale * (problem.grids / work) ** 2 if work > 0 else 0.0,
            mean_work=work / problem.grids,
            change=7 * wishes.change * scale / middle,
            walk=walk,
        )

    def _first(self, pool: ThreadPoolExecutor) -> None:
        counts = first_counts(self.problem)
        general = self._terms()

        def cut(work: Work) -> None:
            part = work.part
            terms = self._terms_of(part, general)
            dice = _dice(self.seed, work.index, 0)
            k = counts[work.index]
            made = self._cut_first(work, k, terms, dice)
            if made.amiss:
                reach = Reach(MENDS * made.amiss, 2, 4, TURNS)
                work.keep(self._tried(work, made.of, terms, reach, dice))
            today = None if self.halt[0] >= NOW else from_today(part)
            if today is not None:
                reach = Reach(4 * len(part.heir), 2, 4, TURNS)
                work.keep(self._tried(work, today, terms, reach, dice))
            earlier = None if self.earlier is None else from_plan(part, self.earlier)
            if earlier is not None:
                work.keep(self._tried(work, earlier, terms, Reach(0, 2, 4, TURNS), dice))

        self._hurry(self.tick("first", 0.0))
        self._all(pool, self.works, cut, "first", stoppable=False)
        self._choose()

    def _round(self, pool: ThreadPoolExecutor) -> None:
        general = self._terms()
        assert self.choice is not None
        counts = self.choice.counts

        def better(work: Work) -> None:
            terms = self._terms_of(work.part, general)
            dice = _dice(self.seed, work.index, 1 + self.rounds)
            start = work.cuts[counts[work.index]]
            if start.amiss and self.rounds % 2:
                start = self._afresh(work, start, terms, dice)
            fewest, most = ((2, 4), (3, 6), (2, 5))[self.rounds % 3]
            tries = min(MOST_TRIES, TRIES_A_GRID * start.grids)
            cut = self._tried(work, start.of, terms, Reach(tries, fewest, most, TURNS), dice)
            work.idle = 0 if work.keep(cut) else work.idle + 1

        self._all(pool, [work for work in self.works if self._worth(work)], better, "improve")
        self._choose()

    def _afresh(self, work: Work, start: Cut, terms: Terms, dice: Floats) -> Cut:
        """Cut a piece that has grids amiss from the beginning, maybe in one grid more or less."""
        k = start.grids + (self.rounds // 2 + 1) % 3 - 1
        return self._cut_first(work, min(max(k, work.part.fewest), work.part.most), terms, dice)

    def _cut_first(self, work: Work, k: int, terms: Terms, dice: Floats) -> Cut:
        """Cut a piece in k grids from the beginning and keep what is good of it."""
        wish = (k, TURNS, FIRST_SWEEPS)
        part = work.part
        cut = _cut(*first_cut(part.piece, terms, part.heir, wish, Reins(dice, self.halt)))
        work.keep(cut)
        return cut

    def _tried(self, work: Work, of: Ints, terms: Terms, reach: Reach, dice: Floats) -> Cut:
        """Return what tries make of a cut."""
        start = Start(of.astype(np.int64), work.part.heir)
        return _cut(*improve(work.part.piece, terms, start, reach, Reins(dice, self.halt)))

    def _worth(self, work: Work) -> bool:
        if len(work.part.piece.today) < 2:
            return False
        return work.idle < PATIENCE or (self.rounds + work.index) % (work.idle - PATIENCE + 2) == 0

    def _choose(self) -> None:
        options = [{k: cut.cost for k, cut in work.cuts.items()} for work in self.works]
        new = choose_counts(options, self.problem.grids, self.price)
        if self.choice is not None:
            old = self.choice.counts
            kept = Choice(old, sum(o[k] for o, k in zip(options, old, strict=True)), sum(old))
            if kept.rank(self.problem.grids) <= new.rank(self.problem.grids):
                new = kept
        self.choice = new
        self._adapt(options)

    def _adapt(self, options: list[dict[int, float]]) -> None:
        """Make grids dearer when the pieces would like more than there are, else cheaper."""
        if self.rounds == 0:
            cuts = self.cuts()
            self.price = sum(cut.inertia for cut in cuts) / max(1, sum(cut.grids for cut in cuts))
            return
        price = self.price
        wanted = sum(min(costs, key=lambda k: costs[k] + price * k) for costs in options)
        if wanted != self.problem.grids:
            self.price *= 0.9 if wanted < self.problem.grids else 1.1

    def _all(
        self,
        pool: ThreadPoolExecutor,
        works: list[Work],
        do: Callable[[Work], None],
        stage: str,
        stoppable: bool = True,
    ) -> None:
        """Do all works in threads, in batches, and tell the watcher meanwhile."""

        def run(batch: list[Work]) -> int:
            for work in batch:
                if stoppable and self._late():
                    return 0
                do(work)
            return len(batch)

        waiting = {pool.submit(run, batch) for batch in _batches(works)}
        done = 0
        while waiting:
            finished, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            done += sum(future.result() for future in finished)
            go_on = True
            if time.monotonic() - self.told > 0.1 or not waiting:
                self.told = time.monotonic()
                go_on = self.tick(stage, done / max(1, len(works)))
            self._hurry(go_on)
        if stoppable and self._late():
            raise Stopped

    def _late(self) -> bool:
        """Tell whether it is time to come to an end."""
        return bool(self.halt[0] >= LATE) or time.monotonic() >= self.until

    def _hurry(self, go_on: bool) -> None:
        """Tell the kernels when time is over; being told to stop ends the time."""
        now = time.monotonic()
        if not go_on:
            self.until = min(self.until, now)
        if now >= self.until:
            self.halt[0] = LATE if now < self.until + HASTE else NOW


def _batches(works: list[Work]) -> Iterable[list[Work]]:
    """Deal works out in batches of about equal size, the biggest first."""
    ordered = sorted(works, key=lambda work: -len(work.part.piece.today))
    count = min(len(ordered), max(1, 16 * threads()))
    return [ordered[k::count] for k in range(count)]


def threads() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _dice(seed: int, piece: int, turn: int) -> Floats:
    """Return the state of a random generator for one piece and round."""
    state = np.random.SeedSequence([seed, piece, turn]).generate_state(1)[0]
    return np.array([1.0 + float(state) % 2147483645.0])


def _cut(of: Ints, found: Floats) -> Cut:
    cost, grids, inertia, amiss = found.tolist()
    return Cut(of.astype(np.int32), cost, int(grids), inertia, int(amiss))
