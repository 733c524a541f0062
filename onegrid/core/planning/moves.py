"""How many households must move at least, whatever the cut.

Each piece is bounded by itself: its atoms go to grids of today or to new ones, each grid within the
band, with the fewest households that move. Connection is demanded only where a found answer lacks
it, so the bound is never above the best plan. Numbers of grids are shared out at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, eye, hstack, kron, vstack

from onegrid.core.planning.islands import components
from onegrid.core.planning.problem import Part, Problem, make_problem
from onegrid.core.planning.shapes import LOAD
from onegrid.core.planning.terms import Asked, Plan
from onegrid.core.planning.town import Floats, Ints, Town

#: Atoms times grids above which a piece is bounded by what its grids lack or have too much.
_LARGE = 20000
#: How often connection is demanded anew, each time for at most half of the time that is left.
_TURNS = 6
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

    Without a plan, pieces where exceptions cannot be helped count nothing, since a plan may leave
    them as they are; they are taken to have no fewer grids than their households need.

    Args:
        plan: hold for it, and for every plan that has in no piece more exceptions than it, and none
            further out of the band; so the two can be compared, and no piece is left out for
            having exceptions.
        seconds: about so long at most; the bound holds whenever it is stopped.
    """
    if town.today is None:
        return LeastMoves(0.0, 0.0)
    problem = make_problem(town, asked)
    until = time.monotonic() + seconds
    spared = _spared(problem) if plan is None else set()
    models = [
        _Model(problem, part, rows, _amiss(problem, part, rows, plan))
        for part, rows in zip(problem.parts, _rows(problem), strict=True)
        if part.first not in spared
    ]
    solved = [
        (model, *model.solve(model.most, _turn(until, len(models) - k)))
        for k, model in enumerate(models)
    ]
    spared |= {model.part.first for model, bound, _ in solved if not np.isfinite(bound)}
    solved = [one for one in solved if np.isfinite(one[1])]
    total = sum(bound for _, bound, _ in solved)
    out = [part for part in problem.parts if part.first in spared]
    excess = sum(used for _, _, used in solved) + sum(part.fewest for part in out) - problem.grids
    if excess > 0:
        drops = [used - model.fewest for model, _, used in solved]
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


def _spared(problem: Problem) -> set[int]:
    """Return the first atom of each piece that must have a grid that is not as asked."""
    band = problem.asked.band
    firsts = np.array([part.first for part in problem.parts], dtype=np.int64)
    atoms = problem.atom[(problem.atom >= 0) & (problem.town.households > band.most)]
    found = set(firsts[np.searchsorted(firsts, atoms, side="right") - 1].tolist())
    return found | {
        part.first
        for part in problem.parts
        if not len(band.counts(part.load)) or part.piece.wall.any()
    }


class _Amiss(NamedTuple):
    """How many grids of a piece may be out of the band, and how far under and over it."""

    grids: int
    under: float
    over: float


def _rows(problem: Problem) -> list[Ints]:
    """Return the buildings of each piece."""
    order = np.argsort(problem.atom, kind="stable")
    firsts = [part.first for part in problem.parts]
    return np.split(order, np.searchsorted(problem.atom[order], firsts))[1:]


def _amiss(problem: Problem, part: Part, rows: Ints, plan: Plan | None) -> _Amiss:
    """Return what a plan has out of the band in a piece."""
    if plan is None:
        return _Amiss(0, 0.0, 0.0)
    atoms, which = np.unique(problem.atom[rows], return_index=True)
    _, of = np.unique(plan.labels[rows[which]], return_inverse=True)
    load = np.bincount(of, part.piece.sums[atoms - part.first, LOAD])
    under, over = problem.asked.band.least - load, load - problem.asked.band.most
    grids = int((np.maximum(under, over) > 1e-6).sum())
    return _Amiss(grids, max(0.0, float(under.max())), max(0.0, float(over.max())))


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

    In the programme two rows follow those of the atoms: how many grids each place has, and how many
    of them are out of the band.

    Attributes:
        fewest, most: numbers of grids that are possible.
        stay: (m, grids) households that stay when an atom goes there.
        today: (m,) households that have a grid today.
    """

    def __init__(self, problem: Problem, part: Part, rows: Ints, amiss: _Amiss) -> None:
        self.part, self.band, self.amiss = part, problem.asked.band, amiss
        self.fewest, self.most = part.fewest, part.most + amiss.grids
        if amiss.grids:
            load = part.load - amiss.grids * amiss.over
            self.fewest = max(1, int(np.ceil(load / self.band.most - 1e-9)))
        m = len(part.piece.today)
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
        if most < self.fewest:
            return np.inf, self.fewest
        if self.stay.size > _LARGE:
            return self._by_sums(), self.fewest
        best, used = self._by_sums(), self.fewest
        rows = [self._beside()]
        for _ in range(_TURNS):
            bound, found = self._once(most, rows, until)
            best = max(best, bound)
            if found is None:
                break
            used = round(found[-2].sum())
            cuts = list(self._cuts(found[:-2].argmax(1), found[-1]))
            if not cuts:
                break
            rows += cuts
        return best, used

    def _once(self, most: int, rows: list[csr_matrix], until: float) -> tuple[float, Floats | None]:
        """Return bound, and the answer (rows as said above) if one was found."""
        left = until - time.monotonic()
        if left <= 0:
            return 0.0, None
        m, slots = self.stay.shape
        cost = np.append((self.today[:, None] - self.stay).ravel(), np.zeros(2 * slots))
        ends = np.repeat([1.0, max(1, most), self.amiss.grids], [m * slots + slots - 1, 1, slots])
        solved = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(0, ends),
            constraints=[*self._limits(most), LinearConstraint(vstack(rows), -np.inf, 0)],
            options={"time_limit": left / 2, "mip_rel_gap": 0.0},
        )
        bound = np.inf if solved.status == _IMPOSSIBLE else self._safe(solved.mip_dual_bound)
        return bound, None if solved.x is None else solved.x.reshape(m + 2, slots)

    def _limits(self, most: int) -> Iterator[LinearConstraint]:
        """Give each atom a place, each grid its households, and count grids and exceptions."""
        m, slots = self.stay.shape
        each, one = eye(slots), np.ones((1, slots))
        low = np.append(self.load, [-self.band.least, self.amiss.under])
        high = np.append(self.load, [-self.band.most, -self.amiss.over])
        grids, out = np.eye(m + 2)[m:]
        yield LinearConstraint(kron(eye(m, m + 2), one), 1, 1)
        yield LinearConstraint(kron(low[None], each), 0, np.inf)
        yield LinearConstraint(kron(high[None], each), -np.inf, 0)
        yield LinearConstraint(kron((out - grids)[None], each), -np.inf, 0)
        yield LinearConstraint(kron(grids[None], one), 1, most)
        yield LinearConstraint(kron(out[None], one), 0, self.amiss.grids)

    def _safe(self, bound: float | None) -> float:
        """Return a bound that rounding has not lifted; of whole households a part moves none."""
        if bound is None or not np.isfinite(bound):
            return 0.0
        return float(max(0.0, np.ceil(bound - 0.01) if self.whole else bound * (1 - 1e-6) - 1e-6))

    def _tied(self, rows: Floats | csr_matrix, load: Floats, slots: csr_matrix) -> csr_matrix:
        """Return conditions on atoms, with leave for grids that may be as small as these loads."""
        grids = np.zeros((len(load), 1))
        small = load >= self.band.least - self.amiss.under - 1e-6
        leave = -np.where(small & (self.amiss.grids > 0), 1.0, 0.0)[:, None]
        return kron(hstack([csr_matrix(rows), grids, leave]), slots, format="csr")

    def _beside(self) -> csr_matrix:
        """Demand that an atom too small for a grid has a neighbour in its own grid."""
        small = self.load < self.band.least
        rows = (eye(len(self.load), format="csr") - self.near)[small]
        return self._tied(rows, self.load[small], eye(self.stay.shape[1]))

    def _cuts(self, into: Ints, out: Floats) -> Iterator[csr_matrix]:
        """Demand of what lies apart, and is too small for a grid, that its grid reaches out of it.

        A grid that holds one of its atoms needs more households than are there, so it holds a
        neighbour as well. That is so for every grid; `out` says which are out of the band.
        """
        m, slots = self.stay.shape
        a, b = self.pairs.T
        part = components(m, self.pairs[into[a] == into[b]])
        loads = np.bincount(part, self.load)
        for own in np.flatnonzero(loads < self.band.least - 1e-6).tolist():
            inside = np.flatnonzero(part == own)
            place = int(into[inside[0]])
            if out[place] > 0.5 and loads[own] >= self.band.least - self.amiss.under - 1e-6:
                continue
            beside = np.unique(b[(part[a] == own) & (part[b] != own)])
            heaviest = inside[np.argmax(self.load[inside])]
            rows = np.zeros((len(inside), m))
            rows[:, beside] = -1.0
            rows[np.arange(len(inside)), inside] = 1.0
            load = np.full(len(inside), loads[own])
            yield self._tied(rows[inside == heaviest], load[:1], eye(slots))
            yield self._tied(rows, load, eye(1, slots, place))

    def _by_sums(self) -> float:
        """Return how many must leave their grids by what those lack or have too much.

        Grids above the band lose at least what is too much. One under it gains what it lacks, from
        households without a grid today or by moves, or it is given up and all of it leaves; those
        who leave one may be those who come to another. The grids that may be out of the band are
        taken to be those that save most.
        """
        load = self.stay[:, :-1].sum(axis=0)
        over, lack = load - self.band.most, self.band.least - load
        leave = _but(self.amiss.grids, np.maximum(over, 0.0), self.amiss.over)
        come = _but(self.amiss.grids, np.clip(lack, 0.0, load), self.amiss.under)
        unbound = float(self.load.sum() - self.today.sum())
        return max(leave, (leave + come - unbound) / 2)


def _but(grids: int, households: Floats, spared: float) -> float:
    """Return a sum where so many are spared so much each."""
    saved = np.sort(np.minimum(households, spared))[max(0, len(households) - grids) :]
    return float(households.sum() - saved.sum())
