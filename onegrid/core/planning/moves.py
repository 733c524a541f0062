"""How many households must move at least, whatever the cut.

Each piece is bounded by itself: its atoms go to grids of today or to new ones, each grid within the
band, with the fewest households that move. Connection is demanded only where a found answer lacks
it, so the bound is never above the best plan. Numbers of grids are shared out at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, eye, hstack, kron, vstack

from onegrid.core.planning.islands import components
from onegrid.core.planning.problem import Part, Problem, make_problem
from onegrid.core.planning.shapes import LOAD
from onegrid.core.planning.terms import Asked, Plan
from onegrid.core.planning.town import Ints, Town

#: Atoms times grids above which a piece is bounded by what its grids lack or have too much.
_LARGE = 20000
#: How often connection is demanded anew, and seconds for each time.
_TURNS, _SECONDS = 6, 4.0
#: What the solver says when no answer exists.
_IMPOSSIBLE = 2


@dataclass(frozen=True, slots=True)
class LeastMoves:
    """A bound on the households that change their grid.

    Attributes:
        households: at least so many, as `measure` counts them.
        left_out: households of pieces that count nothing, for a grid there cannot be as asked.
    """

    households: float
    left_out: float


def least_moves(
    *, town: Town, asked: Asked, plan: Plan | None = None, seconds: float = 60.0
) -> LeastMoves:
    """Return how many households must move in every plan that keeps to what is asked.

    Pieces where exceptions cannot be helped count nothing, since a plan may leave them as they are;
    they are taken to have no fewer grids than their households need.

    Args:
        plan: pieces where it has exceptions count nothing either, so that it can be compared.
        seconds: about so long at most; the bound holds whenever it is stopped.
    """
    if town.today is None:
        return LeastMoves(0.0, 0.0)
    problem = make_problem(town, asked)
    until = time.monotonic() + seconds
    spared = _spared(problem, plan)
    models = [_Model(problem, part) for part in problem.parts if part.first not in spared]
    solved = [
        (model, *model.solve(model.part.most, _turn(until, len(models) - k)))
        for k, model in enumerate(models)
    ]
    spared |= {model.part.first for model, bound, _ in solved if not np.isfinite(bound)}
    solved = [one for one in solved if np.isfinite(one[1])]
    total = sum(bound for _, bound, _ in solved)
    out = [part for part in problem.parts if part.first in spared]
    excess = sum(used for _, _, used in solved) + sum(part.fewest for part in out) - problem.grids
    if excess > 0:
        drops = [used - model.part.fewest for model, _, used in solved]
        more = [
            max(0.0, model.solve(used - 1, _turn(until, len(solved) - k))[0] - bound)
            for k, (model, bound, used) in enumerate(solved)
        ]
        total += _cheapest(drops, more, excess)
    return LeastMoves(total, sum(part.load for part in out))


def _turn(until: float, left: int) -> float:
    """Return when to stop with one of so many pieces, for each to have its share of the time."""
    now = time.monotonic()
    return now + max(0.0, until - now) / left


def _spared(problem: Problem, plan: Plan | None) -> set[int]:
    """Return the first atom of each piece that has, or must have, a grid that is not as asked."""
    band, town = problem.asked.band, problem.town
    firsts = np.array([part.first for part in problem.parts], dtype=np.int64)
    rows = problem.atom >= 0
    amiss = rows & (town.households > band.most)
    if plan is not None:
        amiss |= rows & np.isin(plan.labels, [miss.grid for miss in plan.misses])
    atoms = problem.atom[amiss]
    found = set(firsts[np.searchsorted(firsts, atoms, side="right") - 1].tolist())
    return found | {
        part.first
        for part in problem.parts
        if not len(band.counts(part.load)) or part.piece.wall.any()
    }


def _cheapest(drops: list[int], more: list[float], excess: int) -> float:
    """Return the least cost of giving up so many grids; each piece pays once, however many."""
    cost = np.full(excess + 1, np.inf)
    cost[0] = 0.0
    for drop, price in zip(drops, more, strict=True):
        if drop > 0:
            before = np.concatenate([np.full(drop, cost[0]), cost])[: excess + 1]
            before = np.minimum.accumulate(before[::-1])[::-1]
            cost = np.minimum(cost, before + price)
    return float(cost[excess]) if np.isfinite(cost[excess]) else 0.0


class _Model:
    """The atoms of a piece and where each could go: today's grids in order, the last is new.

    Attributes:
        stay: (m, grids) households that stay when an atom goes there.
        today: (m,) households that have a grid today.
    """

    def __init__(self, problem: Problem, part: Part) -> None:
        self.part, self.band = part, problem.asked.band
        m = len(part.piece.today)
        rows = np.flatnonzero((problem.atom >= part.first) & (problem.atom < part.first + m))
        today = problem.town.today
        assert today is not None
        known = rows[today[rows] >= 0]
        names, of = np.unique(today[known], return_inverse=True)
        self.stay = np.zeros((m, len(names) + 1))
        own = problem.town.households[known]
        np.add.at(self.stay, (problem.atom[known] - part.first, of), own)
        self.today = self.stay.sum(axis=1)
        self.load = part.piece.sums[:, LOAD]
        self.whole = bool((own == np.rint(own)).all())
        self.fits = len(known) == len(rows) and bool(
            all(self.band.holds(load) for load in self.stay[:, :-1].sum(axis=0))
        )
        source = np.repeat(np.arange(m), np.diff(part.piece.start))
        self.pairs = np.column_stack([source, part.piece.near])
        ones = np.ones(len(source))
        self.near = csr_matrix((ones, (source, part.piece.near)), shape=(m, m))

    def solve(self, most: int, until: float) -> tuple[float, int]:
        """Return a bound for at most so many grids, and how many grids that would take."""
        slots = self.stay.shape[1]
        if self.fits and most >= slots - 1:
            return 0.0, slots - 1
        if most < self.part.fewest:
            return np.inf, self.part.fewest
        if self.stay.size > _LARGE:
            return self._by_sums(), self.part.fewest
        best, used = self._by_sums(), self.part.fewest
        rows = [self._beside()]
        for _ in range(_TURNS):
            bound, into, grids = self._once(most, rows, until)
            best = max(best, bound)
            if into is None:
                break
            used = grids
            cuts = list(self._cuts(into))
            if not cuts:
                break
            rows += cuts
        return best, used

    def _once(
        self, most: int, rows: list[csr_matrix], until: float
    ) -> tuple[float, Ints | None, int]:
        """Return bound, slot of each atom (None if none was found) and number of grids."""
        left = until - time.monotonic()
        if left <= 0:
            return 0.0, None, 0
        m, slots = self.stay.shape
        cost = np.append((self.today[:, None] - self.stay).ravel(), np.zeros(slots))
        loads = kron(csr_matrix(self.load[None, :]), eye(slots))
        tied = vstack(rows)
        each = kron(eye(m), np.ones((1, slots)))
        ends = [-end * eye(slots) for end in (self.band.least, self.band.most)]
        solved = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(0, np.append(np.ones(len(cost) - 1), max(1, most))),
            constraints=[
                LinearConstraint(hstack([each, csr_matrix((m, slots))]), 1, 1),
                LinearConstraint(hstack([loads, ends[0]]), 0, np.inf),
                LinearConstraint(hstack([loads, ends[1]]), -np.inf, 0),
                LinearConstraint(np.append(np.zeros(m * slots), np.ones(slots))[None], 1, most),
                LinearConstraint(hstack([tied, csr_matrix((tied.shape[0], slots))]), -np.inf, 0),
            ],
            options={"time_limit": min(left, _SECONDS), "mip_rel_gap": 0.0},
        )
        bound = np.inf if solved.status == _IMPOSSIBLE else self._safe(solved.mip_dual_bound)
        if solved.x is None:
            return bound, None, 0
        return bound, solved.x[:-slots].reshape(m, slots).argmax(1), round(solved.x[-slots:].sum())

    def _safe(self, bound: float | None) -> float:
        """Return a bound that rounding has not lifted; of whole households a part moves none."""
        if bound is None or not np.isfinite(bound):
            return 0.0
        return float(max(0.0, np.ceil(bound - 0.01) if self.whole else bound * (1 - 1e-6) - 1e-6))

    def _beside(self) -> csr_matrix:
        """Demand that an atom too small for a grid has a neighbour in its own grid."""
        slots = self.stay.shape[1]
        rows = kron(eye(len(self.load)) - self.near, eye(slots), format="csr")
        small = np.repeat(self.load < self.band.least, slots)
        return rows[np.flatnonzero(small)]

    def _cuts(self, into: Ints) -> Iterator[csr_matrix]:
        """Demand of what lies apart, and is too small for a grid, that its grid reaches out of it.

        A grid that holds one of its atoms needs more households than are there, so it holds a
        neighbour as well. That is so for every grid.
        """
        m, slots = self.stay.shape
        a, b = self.pairs.T
        part = components(m, self.pairs[into[a] == into[b]])
        loads = np.bincount(part, self.load)
        for own in np.flatnonzero(loads < self.band.least - 1e-6).tolist():
            inside = np.flatnonzero(part == own)
            beside = np.unique(b[(part[a] == own) & (part[b] != own)])
            heaviest = inside[np.argmax(self.load[inside])]
            row = np.zeros((1, m))
            row[0, beside] = -1.0
            row[0, heaviest] = 1.0
            yield kron(csr_matrix(row), eye(slots), format="csr")
            here = np.zeros((1, slots))
            here[0, into[heaviest]] = 1.0
            rows = np.tile(row, (len(inside), 1))
            rows[:, heaviest] = 0.0
            rows[np.arange(len(inside)), inside] = 1.0
            yield kron(csr_matrix(rows), csr_matrix(here), format="csr")

    def _by_sums(self) -> float:
        """Return what must leave grids above the band, or come to those under it if that is more.

        A grid under the band gains what it lacks or is given up, maybe from those without a grid
        today; both may be the same moves.
        """
        leave, come = 0.0, 0.0
        for column in self.stay[:, :-1].T:
            load = float(column.sum())
            leave += max(0.0, load - self.band.most)
            if load < self.band.least:
                come += min(self.band.least - load, load)
        unbound = float(self.load.sum() - self.today.sum())
        return max(leave, come - unbound)
