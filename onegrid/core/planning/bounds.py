"""How far from the best possible a plan can be.

The bound holds for every plan that reads the town as `make_problem` does, keeps to the band and to
the number of grids: pieces are bounded one by one for each number of grids (`columns`), and the
cheapest way to share the grids out among them is the bound of the town. Connection inside a piece
is not demanded, so the bound is below the best plan, never above it.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from threading import RLock

import numpy as np

from onegrid.core.planning.choose import choose, enrich
from onegrid.core.planning.columns import Generator, Ground, ground_of
from onegrid.core.planning.measures import measure
from onegrid.core.planning.problem import Part, Problem, make_problem
from onegrid.core.planning.shares import share_out
from onegrid.core.planning.solve import plan as cut
from onegrid.core.planning.terms import Asked, Band, Effort, Plan, Progress, Watch, Wishes
from onegrid.core.planning.town import Floats, Ints, Town

#: Rounding of sums may not lift a bound above the truth.
_SAFE = 1 - 1e-9
#: Pieces that are worked on at a time; the kernels let other threads run.
_THREADS = 2
#: How often a bound that does not settle is taken up again.
_VISITS = 6
#: Share of the time for the bounds where a better plan is looked for, too.
_FOR_BOUNDS = 0.75
#: Share of what is left then to cut pieces afresh into other numbers of grids.
_FOR_SEARCH = 0.5
#: How near to its bound a plan is hoped to come.
_HOPE = 1.01


@dataclass(frozen=True, slots=True)
class PieceBound:
    """One piece between barriers.

    Attributes:
        grids: in the plan.
        inertia: of the plan, household square metres.
        fewest_grids, most_grids: numbers the bound looked at.
        value: bound for the number of grids the plan has there; the plan's own inertia where that
            number is not one the band allows.
    """

    households: float
    grids: int
    inertia: float
    fewest_grids: int
    most_grids: int
    value: float


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound below the moment of inertia of every plan that meets what was asked.

    Attributes:
        value: the bound, household square metres.
        score: moment of inertia of the plan.
        gap: by what share the plan may be above the best; 0.02 is two per cent.
        pieces: what barriers leave, in the order of the problem.
        labels: (n,) a better plan that was found on the way, None if there was none.
        labels_score: its moment of inertia.
        valid: always true; the bound holds whenever it is stopped.
    """

    value: float
    score: float
    gap: float
    pieces: tuple[PieceBound, ...]
    labels: Ints | None = None
    labels_score: float = 0.0
    valid: bool = True


def lower_bound(
    *,
    town: Town,
    asked: Asked,
    plan: Plan,
    seconds: float = 60.0,
    watch: Watch | None = None,
    better: bool = True,
) -> Bound:
    """Bound the moment of inertia of all plans from below, and compare a plan with it.

    Wishes, such as the way to a station, are never below 0, so the bound is below the cost of every
    plan with wishes, too; the gap is that of the inertia alone.

    Args:
        plan: any plan of the town; a good one makes the bound come sooner.
        seconds: wall time; the bound is valid whenever it ends.
        watch: told now and then; the search for the bound ends soon after it answers False.
        better: spend what time is left on a better plan from the grids found on the way.
    """
    return _Study(town, asked, plan, seconds, watch).run(better)


class _Case:
    """A piece, its bounds for numbers of grids, and the best known plan for each number."""

    def __init__(self, part: Part, band: Band, labels: Ints) -> None:
        self.part, self.ground = part, ground_of(part.piece)
        fits = len(band.counts(part.load)) > 0
        self.labels = labels
        self.inertia = inertia(self.ground, labels)
        names = np.unique(labels)
        self.grids = len(names)
        self.counts = range(part.fewest, part.most + 1)
        within = fits and all(
            band.holds(float(self.ground.load[labels == name].sum())) for name in names
        )
        self.known: dict[int, tuple[float, Ints]] = {}
        if within or not fits:
            self.known[self.grids] = (self.inertia, labels)
        self.free = fits and not self.ground.wall
        self.tried: set[int] = set()
        self.visits = {1: _VISITS}
        self.whole = inertia(self.ground, np.zeros_like(labels))
        self.generator: Generator | None = None
        if part.most > 1:
            households = float(self.ground.weight.sum())
            scale = max(1e-6, self.inertia / max(households, 1e-9))
            used = band if fits else Band(0.0, max(part.load, 1e-9))
            self.generator = Generator(self.ground, used, scale)
            if within:
                for name in names:
                    self.generator.offer(labels[self.generator.atoms] == name)

    def rests(self, count: int) -> bool:
        """Tell whether no more work goes into the bound for a number of grids."""
        return self.visits.get(count, 0) >= _VISITS

    def bound(self, count: int) -> float:
        """Return the bound for a number of grids."""
        if count == 1 or self.generator is None:
            return self.whole * _SAFE
        return self.generator.bound(count) * _SAFE

    def keep(self, labels: Ints) -> None:
        """Note a plan of the piece if it is the best known for its number of grids."""
        cost, count = inertia(self.ground, labels), len(np.unique(labels))
        if cost < self.known.get(count, (np.inf, None))[0] * (1 - 1e-9):
            self.known[count] = (cost, labels)
            if self.generator is not None:
                for name in np.unique(labels):
                    self.generator.offer(labels[self.generator.atoms] == name)

    def urgency(self, count: int) -> tuple[int, float]:
        """Return what to order the work on bounds by, the first first."""
        return self.visits.get(count, 0), self.bound(count) - self.inertia

    def near(self) -> int:
        """Return the number of grids of the plan, or the nearest allowed."""
        return min(max(self.grids, self.counts[0]), self.counts[-1])


class _Study:
    def __init__(
        self, town: Town, asked: Asked, plan: Plan, seconds: float, watch: Watch | None
    ) -> None:
        self.town, self.asked, self.plan, self.watch = town, asked, plan, watch
        self.started, self.seconds, self.told = time.monotonic(), seconds, True
        self.lock, self.until = RLock(), seconds
        self.problem = make_problem(town, asked)
        labels = _atom_labels(self.problem, plan.labels)
        self.cases = [
            _Case(part, asked.band, labels[part.first : part.first + len(part.piece.xy)])
            for part in self.problem.parts
        ]
        measured = measure(town, plan.labels, asked.band)
        self.score = float(measured.inertia.sum())
        self.fixed = _kept_inertia(self.problem)

    def run(self, better: bool) -> Bound:
        """Raise the bounds, those that matter first, two pieces at a time."""
        better = better and self._inertia_only()
        self.until = self.seconds * (_FOR_BOUNDS if better else 1.0)
        order = sorted(self.cases, key=lambda case: len(case.ground.weight))
        with ThreadPoolExecutor(_THREADS) as pool:
            each = _THREADS * self._left() / (len(order) + _THREADS)
            near = [case.near() for case in order]
            list(pool.map(self._raise, order, near, repeat(each), repeat(np.inf)))
            while self.going():
                shared = self.share(lower=True)
                todo = [(c, k) for c, k in zip(self.cases, shared, strict=True) if not c.rests(k)]
                if not todo:
                    break
                todo.sort(key=lambda item: item[0].urgency(item[1]))
                room = max(0.0, self.score - self._value(shared))
                each = max(0.7, min(3.0, self._left() / (len(todo) + 1)))
                some = todo[:_THREADS]
                list(pool.map(self._raise, *zip(*some, strict=True), repeat(each), repeat(room)))
        self.until = self.seconds
        return self._answer(self._better() if better else None)

    def _value(self, shared: list[int]) -> float:
        return self.fixed + sum(c.bound(k) for c, k in zip(self.cases, shared, strict=True))

    def going(self) -> bool:
        """Tell whether there is time, and tell the watch."""
        spent = time.monotonic() - self.started
        with self.lock:
            if self.watch is not None and self.told:
                share = min(1.0, spent / max(self.seconds, 1e-9))
                self.told = self.watch(Progress("prove", share, spent))
        return self.told and spent < self.until

    def _left(self) -> float:
        return self.until - (time.monotonic() - self.started)

    def _raise(self, case: _Case, count: int, seconds: float, room: float) -> None:
        if case.generator is None or case.rests(count) or not self.going():
            return
        until = time.monotonic() + seconds
        case.visits[count] = case.visits.get(count, 0) + 1
        if case.generator.run(
            count,
            lambda: time.monotonic() < until and self.going(),
            enough=case.generator.bound(count) + room,
        ):
            case.visits[count] = _VISITS

    def share(self, *, lower: bool) -> list[int]:
        """Return how many grids each piece gets in the cheapest way to share them out.

        Args:
            lower: by the bounds; otherwise by the best plans known, where every piece has one.
        """
        if lower:
            options = [{k: c.bound(k) for k in c.counts} for c in self.cases]
        else:
            options = [
                {k: cost for k, (cost, _) in c.known.items()} or {c.grids: c.inertia}
                for c in self.cases
            ]
        return share_out(options, self.problem.grids)

    def _hoped(self) -> list[int]:
        """Return how grids would be shared out if what was not tried came near its bound."""
        options = []
        for case in self.cases:
            costs = {k: cost for k, (cost, _) in case.known.items()}
            if case.free:
                untried = [k for k in case.counts if k > 1 and k not in case.tried]
                costs |= {k: _HOPE * case.bound(k) for k in untried if k not in costs}
            options.append(costs or {case.grids: case.inertia})
        return share_out(options, self.problem.grids)

    def _inertia_only(self) -> bool:
        return self.asked.wishes == Wishes()

    def _better(self) -> Ints | None:
        """Look for a better plan among the grids found, piece by piece, the widest gap first."""
        self._search()
        shares = zip(self.cases, self.share(lower=True), self.share(lower=False), strict=True)
        todo = [
            (case, count)
            for case, low, best in shares
            for count in sorted({low, best})
            if count > 1 and case.free
        ]
        for effort in (25, 40, 60):
            for case, count in sorted(todo, key=lambda item: _gap(*item), reverse=True):
                if _gap(case, count) > 0.002 and self.going():
                    self._improve(case, count, effort)
        return self._labels(self.share(lower=False))

    def _search(self) -> None:
        """Cut pieces into numbers of grids that promise more than those of the plan."""
        begin = self._left()
        while self.going() and self._left() > begin * (1 - _FOR_SEARCH):
            shared = zip(self.cases, self._hoped(), strict=True)
            todo = [(case, count) for case, count in shared if count not in case.known]
            if not todo:
                break
            seconds = max(1.0, min(4.0, begin / (4 * len(todo))))
            for case, count in todo:
                case.tried.add(count)
                if self.going():
                    self._cut(case, count, seconds)

    def _cut(self, case: _Case, count: int, seconds: float) -> None:
        """Plan a piece by itself."""
        problem, first = self.problem, case.part.first
        rows = np.flatnonzero((problem.atom >= first) & (problem.atom < first + len(case.labels)))
        alone = Asked(self.asked.band, count)
        made = cut(town=self.town.part(rows), asked=alone, effort=Effort(seconds=seconds))
        if made.grids == count and not made.misses:
            labels = np.empty(len(case.labels), dtype=np.int64)
            labels[problem.atom[rows] - first] = made.labels
            case.keep(labels)

    def _improve(self, case: _Case, count: int, effort: int) -> None:
        generator = case.generator
        if generator is None:
            return
        known = case.known.get(count, (max(case.inertia, 1.05 * case.bound(count)), None))[0]
        enrich(generator, count, effort, self.going)
        labels = choose(
            generator, count, known - generator.bound(count), max(1.0, min(10.0, self._left()))
        )
        if labels is not None:
            case.keep(labels)

    def _labels(self, shared: list[int]) -> Ints | None:
        """Return the best plan known, if it is better than the one given."""
        parts = [
            case.known.get(count, (case.inertia, case.labels))
            for case, count in zip(self.cases, shared, strict=True)
        ]
        if self.fixed + sum(cost for cost, _ in parts) >= self.score * (1 - 1e-9):
            return None
        atom, base = np.empty(int(self.problem.atom.max()) + 1, dtype=np.int64), 0
        for case, (_, labels) in zip(self.cases, parts, strict=True):
            numbers = np.unique(labels, return_inverse=True)[1]
            atom[case.part.first : case.part.first + len(labels)] = base + numbers
            base += int(numbers.max()) + 1
        kept = self.problem.kept
        return np.where(kept >= 0, base + kept, atom[self.problem.atom]).astype(np.int64)

    def _answer(self, labels: Ints | None) -> Bound:
        shared = self.share(lower=True)
        value = self._value(shared)
        found = 0.0
        if labels is not None:
            found = float(measure(self.town, labels, self.asked.band).inertia.sum())
        best = found or self.score
        return Bound(
            value=value,
            score=self.score,
            gap=best / value - 1 if value > 0 else (0.0 if best <= 0 else np.inf),
            pieces=tuple(_piece(case) for case in self.cases),
            labels=labels,
            labels_score=found,
        )


def _gap(case: _Case, count: int) -> float:
    known = case.known.get(count, (np.inf, None))[0]
    return known / max(case.bound(count), 1e-9) - 1


def _piece(case: _Case) -> PieceBound:
    allowed = case.grids in case.counts
    return PieceBound(
        households=float(case.ground.weight.sum()),
        grids=case.grids,
        inertia=case.inertia,
        fewest_grids=case.counts[0],
        most_grids=case.counts[-1],
        value=case.bound(case.grids) if allowed else case.inertia,
    )


def inertia(piece: Ground, labels: Ints) -> float:
    """Return the moment of inertia of a cut of a piece."""
    names, grid = np.unique(labels, return_inverse=True)

    def total(values: Floats) -> Floats:
        return np.bincount(grid, values, len(names)).astype(np.float64)

    weight = np.maximum(total(piece.weight), 1e-12)
    x, y = total(piece.weight * piece.x), total(piece.weight * piece.y)
    return max(0.0, float((total(piece.spin) - (x * x + y * y) / weight).sum()))


def _atom_labels(problem: Problem, labels: Ints) -> Ints:
    """Return the grid of each atom: that of most of its households."""
    free = problem.atom >= 0
    atom, grid = problem.atom[free], np.unique(labels[free], return_inverse=True)[1]
    k = int(grid.max()) + 1 if len(grid) else 1
    keys, of = np.unique(atom * np.int64(k) + grid, return_inverse=True)
    weight = np.bincount(of, problem.town.households[free] + 1e-9)
    order = np.lexsort((weight, keys // k))
    last = np.append(np.flatnonzero(np.diff(keys[order] // k)), len(order) - 1)
    grids: Ints = keys[order][last] % k
    return grids


def _kept_inertia(problem: Problem) -> float:
    stays = problem.kept >= 0
    if not stays.any():
        return 0.0
    town = problem.town.part(np.flatnonzero(stays))
    grid = problem.kept[stays]
    return float(measure(town, grid, Band(0.0, np.inf)).inertia.sum())
