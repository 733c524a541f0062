"""Connected cuts of a piece within the band, by mixed-integer programming.

Every grid is named by the heaviest of its atoms, so that a cut has one form only. A programme
assigns atoms to such heads within the band; where its answer falls apart, it learns that the stray
part needs a neighbour in the same grid, and is solved again. No answer is a proof.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from onegrid.core.planning.columns import Ground
from onegrid.core.planning.islands import components
from onegrid.core.planning.terms import Band
from onegrid.core.planning.town import Bools, Ints

_INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is known of a piece.

    Attributes:
        possible: whether a connected cut within the band exists; None where that is open.
        labels: (m,) such a cut, where one was found.
        off: how many households some grid must be out of the band at least, where that is known.
    """

    possible: bool | None
    labels: Ints | None = None
    off: float | None = None


class Model(NamedTuple):
    """Pairs of an atom and a head that may be in one grid, by number, and where to find them.

    Attributes:
        atom, head: (p,) the pairs; a pair of an atom and itself says that it is a head.
        number: (m, m) of each pair, -1 where there is none.
        room: households that grids may be out of the band.
    """

    ground: Ground
    band: Band
    atom: Ints
    head: Ints
    number: Ints
    room: float

    @classmethod
    def of(cls, ground: Ground, band: Band, room: float = 0.0, heads: int | None = None) -> Model:
        """Leave out pairs that no connected grid within the band can hold.

        Args:
            room: households that grids may be out of the band.
            heads: only so many of the heaviest atoms lead others; then no answer shows nothing.
        """
        m = len(ground.load)
        load = ground.load
        source = np.repeat(np.arange(m), np.diff(ground.start))
        graph = csr_matrix((load[ground.near] + 1e-9, (source, ground.near)), shape=(m, m))
        way = dijkstra(graph) + load[:, None]
        rank = np.empty(m, dtype=np.int64)
        rank[np.argsort(-load, kind="stable")] = np.arange(m)
        fits = (way <= band.most + room + 1e-6) & (rank[:, None] <= rank[None, :])
        if heads is not None:
            fits[:, rank >= heads] = False
        fits[np.arange(m), np.arange(m)] = True
        head, atom = np.nonzero(fits)
        number = np.full((m, m), -1, dtype=np.int64)
        number[atom, head] = np.arange(len(atom))
        return cls(ground, band, atom, head, number, room)


class _Rows:
    """Rows of a programme, added one by one: least ≤ Σ value · x ≤ most."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.row: list[Ints] = []
        self.column: list[Ints] = []
        self.value: list[np.ndarray] = []
        self.least: list[float] = []
        self.most: list[float] = []

    def add(self, column: Ints, value: np.ndarray, least: float, most: float) -> None:
        """Add a row."""
        self.row.append(np.full(len(column), len(self.least), dtype=np.int64))
        self.column.append(column)
        self.value.append(value)
        self.least.append(least)
        self.most.append(most)

    def needs(self, one: int, some: Ints) -> None:
        """Add: where `one` is taken, one of some must be taken."""
        some = some[some >= 0]
        values = np.append(1.0, -np.ones(len(some)))
        self.add(np.append(one, some), values, -np.inf, 0.0)

    def matrix(self) -> LinearConstraint:
        """Return all rows."""
        entries = (np.concatenate(self.row), np.concatenate(self.column))
        shape = (len(self.least), self.columns)
        matrix = coo_matrix((np.concatenate(self.value), entries), shape=shape).tocsr()
        return LinearConstraint(matrix, self.least, self.most)


def _rows(model: Model, counts: range, must: Bools) -> _Rows:
    """Return what every cut keeps to; the last column is how far grids are out of the band."""
    ground, band, number = model.ground, model.band, model.number
    pairs, m = len(model.atom), len(ground.load)
    rows = _Rows(pairs + 1)
    own = number[np.arange(m), np.arange(m)]
    rows.add(own, np.ones(m), counts[0], counts[-1])
    for atom in range(m):
        heads = number[atom][number[atom] >= 0]
        rows.add(heads, np.ones(len(heads)), float(must[atom]), 1.0)
        held = number[:, atom][number[:, atom] >= 0]
        load = ground.load[model.atom[held]]
        columns = np.concatenate([held, [own[atom], pairs]])
        rows.add(columns, np.concatenate([load, [-band.most, -1.0]]), -np.inf, 0.0)
        rows.add(columns, np.concatenate([load, [-band.least, 1.0]]), 0.0, np.inf)
    for pair, (atom, head) in enumerate(zip(model.atom.tolist(), model.head.tolist(), strict=True)):
        if atom != head:
            rows.needs(pair, own[[head]])
            near = ground.near[ground.start[atom] : ground.start[atom + 1]]
            if head not in near:
                rows.needs(pair, number[near, head])
    return rows


def solve(
    model: Model, counts: range, until: float, *, off: bool = False, must: Bools | None = None
) -> Verdict:
    """Solve, learning what is not connected, until the answer is connected or there is none.

    Args:
        counts: numbers of grids.
        off: look for the cut whose grids are least out of the band.
        must: (m,) atoms that need a grid, all if not given; labels say nothing of the others.
    """
    covered = np.ones(len(model.ground.load), dtype=np.bool_) if must is None else must
    rows, pairs = _rows(model, counts, covered), len(model.atom)
    cost, upper = np.zeros(pairs + 1), np.ones(pairs + 1)
    cost[-1], upper[-1] = float(off), model.room
    while time.monotonic() < until:
        solved = milp(
            cost,
            constraints=rows.matrix(),
            integrality=np.append(np.ones(pairs), 0.0),
            bounds=Bounds(0, upper),
            options={"time_limit": min(1e6, max(0.1, until - time.monotonic()))},
        )
        if solved.status == _INFEASIBLE:
            return Verdict(False)
        if solved.x is None:
            break
        taken = np.flatnonzero(solved.x[:pairs] > 0.5)
        head = np.arange(len(model.ground.load))
        head[model.atom[taken]] = model.head[taken]
        if not _learn(model, rows, head):
            best = float(solved.x[-1]) if solved.status == 0 else None
            return Verdict(True, np.unique(head, return_inverse=True)[1].astype(np.int64), best)
    return Verdict(None)


def _learn(model: Model, rows: _Rows, head: Ints) -> bool:
    """Add what strays lack; tell whether there are any."""
    ground, m = model.ground, len(head)
    source = np.repeat(np.arange(m), np.diff(ground.start))
    same = head[source] == head[ground.near]
    group = components(m, np.column_stack([source[same], ground.near[same]]))
    strays = np.flatnonzero(group != group[head])
    for number in np.unique(group[strays]):
        part = group == number
        rim = _rim(ground, part)
        for atom in np.flatnonzero(part):
            for other in np.flatnonzero((model.number[atom] >= 0) & ~part):
                rows.needs(int(model.number[atom, other]), model.number[rim, other])
    return len(strays) > 0


def _rim(ground: Ground, part: Bools) -> Ints:
    """Return the atoms beside a set."""
    source = np.repeat(np.arange(len(part)), np.diff(ground.start))
    return np.unique(ground.near[part[source] & ~part[ground.near]])
