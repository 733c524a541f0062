"""Column generation for one piece: prizes that prove a bound, and a pool of grids to choose from.

Every grid S of a piece in the band costs at least ``Σ prizes + each`` where ``each`` is the least
of (inertia less prizes) over all sets in the band, connected or not. A plan of k grids takes every
prize once, so it costs at least ``Σ prizes + k · each``, whatever the prizes are. Column generation
looks for prizes that make this large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from onegrid.core.planning.interior import Master, solve_master
from onegrid.core.planning.pricing import Field, least_over, settle
from onegrid.core.planning.relief import relieved
from onegrid.core.planning.shapes import LOAD, SPIN, WEIGHT, Piece
from onegrid.core.planning.terms import Band
from onegrid.core.planning.town import Bools, Floats, Ints

#: Grids that the pool of a master problem holds at most.
_COLUMNS = 2500
#: households by which a sum of loads may miss the band, as in `Band.holds`
_HOLDS = 1e-9
#: Rounds between two groupings of the atoms.
_EVERY = 4
#: A bound that rises by less than this share in so many rounds counts as settled; it gets more
#: rounds where the master problem still lies far above it.
_CLOSE, _PATIENCE, _LONG = 3e-4, 12, 36
_FAR = 3e-3
#: By what the room for prizes changes where the bound is stuck and where it rises, and its least.
_SHRINKS, _GROWS, _LEAST = 0.5, 1.5, 0.03
#: Sets that one bound may add to the pool.
_MISSED = 30
#: How often prizes are lowered for one bound.
_PROOFS = 3
#: Gain that a proof is worth, as a share of the bound, and the share of it that a proof may lose.
_WORTH, _LOSES = 2e-3, 0.2
#: Centres that one round looks from at most, about.
_CENTRES = 400
#: Most rows of a master problem, in the beginning and now and then later.
_ROWS = (200, 400)


class Ground(NamedTuple):
    """A piece as the bound reads it: m atoms, and their neighbours as rows of a sparse matrix.

    Attributes:
        x, y: (m,) metres.
        weight: (m,) households.
        load: (m,) households as the band counts them.
        spin: (m,) moment of inertia about the origin.
        start, near: where the neighbours of each atom begin, and the neighbours.
        wall: opened barriers lie between some atoms.
    """

    x: Floats
    y: Floats
    weight: Floats
    load: Floats
    spin: Floats
    start: Ints
    near: Ints
    wall: bool


def ground_of(piece: Piece) -> Ground:
    """Return a piece as the bound reads it."""
    x, y = piece.xy.T.copy()
    weight, load, spin = (piece.sums[:, kind].copy() for kind in (WEIGHT, LOAD, SPIN))
    return Ground(x, y, weight, load, spin, piece.start, piece.near, bool(piece.wall.any()))


class Cut(NamedTuple):
    """A bound for any number of grids: ``total + count · each``."""

    total: float
    each: float


@dataclass
class _Round:
    """What a master problem was solved for: prizes are `base` plus a change for each group."""

    group: Ints
    rows: int
    base: Floats


@dataclass
class Generator:
    """The atoms of a piece that have households, and all grids found for it.

    Attributes:
        piece: the piece.
        band: limits of the load of a grid; (0, infinity) where nothing fits.
        atoms: (n,) atoms of the piece with households.
        field: the atoms as the kernels read them.
        inner: inertia that no cut changes, inside the atoms.
        scale: about the mean square distance in a plan, square metres.
        pool: grids as sets of `atoms`.
        costs: inertia of each.
        cuts: bounds found.
    """

    piece: Ground
    band: Band
    scale: float
    seed: int = 0
    pool: list[Bools] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)

    def __post_init__(self) -> None:
        piece = self.piece
        self.atoms = np.flatnonzero(piece.weight > 0)
        self.field = make_field(piece, self.atoms, self.band)
        x, y, weight = piece.x, piece.y, piece.weight
        self.inner = max(0.0, float((piece.spin - weight * (x * x + y * y)).sum()))
        self.rng = np.random.default_rng(self.seed)
        self._seen: set[bytes] = set()
        self._best: dict[int, tuple[float, Floats]] = {}
        self._wide, self._reach = 0.1, 1.0
        self._lattice, self._squares = _places(self.field, self.scale)

    def offer(self, taken: Bools) -> None:
        """Add a grid to the pool."""
        self._add(taken, inertia_of(self.field, taken))

    def bound(self, count: int) -> float:
        """Return the best bound known for a number of grids, with what lies inside the atoms."""
        best = max((cut.total + count * cut.each for cut in self.cuts), default=0.0)
        return self.inner + max(0.0, best)

    def prizes(self, count: int) -> Floats:
        """Return the prizes of the best bound for a number of grids."""
        known = self._best or {0: (0.0, np.full(len(self.atoms), 2.0 * self.scale))}
        return known[min(known, key=lambda other: abs(other - count))][1]

    def run(self, count: int, going: Callable[[], bool], enough: float = np.inf) -> bool:
        """Raise the bound for a number of grids; tell whether it can rise no more.

        Args:
            count: number of grids.
            going: asked between rounds; generation ends when it answers False.
            enough: end when the bound has come so far.
        """
        prize, each = self.prizes(count), -np.inf
        turn, gap = self._group(0, prize), 0.1
        self._wide = 0.1
        trail: list[float] = []
        for number in range(600):
            added = self._look(prize, count=count, each=each, every=number)
            best, known = self._best[count]
            trail.append(best)
            settled = self._settled(trail)
            if settled or best + self.inner > enough or not going():
                return settled
            if number and (number % _EVERY == 0 or added < 5):
                turn = self._group(number, known)
                self._step(trail)
            value, each, delta = self._master(turn, count, gap)
            self._dual = turn.base + delta
            self._wide = abs(value / best - 1) if best > 0 else 0.1
            gap = max(1e-4, min(0.03, 0.2 * self._wide))
            smooth = 0.3 * (number % 2)
            prize = (1 - smooth) * self._dual + smooth * known
        return False

    def _settled(self, trail: list[float]) -> bool:
        """Tell whether more rounds are of no use."""
        rounds = _LONG if self._wide > _FAR else _PATIENCE
        return len(trail) > rounds and trail[-1] - trail[-rounds] < _CLOSE * abs(trail[-1])

    def _step(self, trail: list[float]) -> None:
        """Let prizes change less where the bound is stuck, more where it rises."""
        if len(trail) > _EVERY:
            stuck = trail[-1] - trail[-1 - _EVERY] < _CLOSE * abs(trail[-1])
            change = _SHRINKS if stuck else _GROWS
            self._reach = min(1.0, max(_LEAST, self._reach * change))

    def _look(self, prize: Floats, *, count: int, each: float, every: int) -> int:
        """Price at many centres, keep what helps, and note the bound; return how many were kept."""
        share = min(0.5 if every % 2 else 1.0, _CENTRES / max(1, len(self._lattice)))
        places = self._lattice[self.rng.random(len(self._lattice)) < share]
        sets = np.zeros((len(places), len(self.atoms)), dtype=np.bool_)
        costs = np.empty(len(places))
        settle(self.field, prize, places, 4, sets, costs)
        load = sets @ self.field.load
        costs[(load < self.band.least) | (load > self.band.most)] = np.inf
        order = np.argsort(costs, kind="stable")
        order = order[costs[order] < np.inf]
        added = self._keep(sets[order], costs[order], prize, each, count)
        self._best.setdefault(count, (-np.inf, prize))
        self._prove(prize, sets[order], costs[order], count)
        return added

    def _prove(self, prize: Floats, sets: Bools, costs: Floats, count: int) -> None:
        """Lower prizes where sets found are too cheap, and note the bound that this gives."""
        weight = self.field.weight
        sets = np.vstack([sets, *self.pool])
        costs = np.concatenate([costs + sets[: len(costs)] @ (weight * prize), self.costs])
        for _ in range(_PROOFS):
            price = costs - sets @ (weight * prize)
            change, _ = relieved(weight, sets, price, count)
            prize, total = prize - change, float(weight @ (prize - change))
            target = float((price + sets @ (weight * change)).min())
            known, before = self._best[count][0], len(self.pool)
            gain = (total + count * target) / known - 1 if known > 0 else np.inf
            if gain < _WORTH:
                break
            fine = min(0.01, _LOSES * gain) * self.scale * float(weight.sum()) / count
            low = self._least(prize, target - fine, fine)
            self.cuts.append(Cut(total, low))
            if total + count * low > known:
                self._best[count] = (total + count * low, prize)
            if len(self.pool) == before or total + count * low > known * (1 + gain / 2):
                break
            sets = np.vstack([sets, *self.pool[before:]])
            costs = np.concatenate([costs, self.costs[before:]])

    def _least(self, prize: Floats, target: float, fine: float) -> float:
        """Return a bound below the price of every grid, and offer those that the centres missed."""
        sets = np.zeros((_MISSED, len(self.atoms)), dtype=np.bool_)
        low, found = least_over(self.field, prize, self._squares, target, fine, sets)
        for taken in sets[:found]:
            self.offer(taken)
        return low

    def _keep(self, sets: Bools, costs: Floats, prize: Floats, each: float, count: int) -> int:
        """Add grids that the master problem would take, spread over the piece."""
        weight = self.field.weight
        added, covered = 0, np.zeros(len(weight))
        for taken, cost in zip(sets, costs.tolist(), strict=True):
            if added > 10 * count + 30 or cost == np.inf:
                break
            inertia = cost + float((weight * prize)[taken].sum())
            helps = each == -np.inf or inertia - float((weight * self._dual)[taken].sum()) < each
            if helps and (covered[taken] >= 12).mean() <= 0.5 and self._add(taken, inertia):
                covered[taken] += 1
                added += 1
        return added

    def _add(self, taken: Bools, inertia: float) -> bool:
        key = np.packbits(taken).tobytes()
        if key in self._seen:
            return False
        self._seen.add(key)
        self.pool.append(taken.copy())
        self.costs.append(inertia)
        return True

    def _group(self, number: int, base: Floats) -> _Round:
        """Join light atoms that lie together, so that the master problem stays small.

        Groups change from time to time and prizes change about the best ones known, so nothing
        is lost in the end.
        """
        share = 0.35 if number < 4 * _EVERY else float(self.rng.choice([0.35, 0.2, 0.14, 0.08]))
        heavy, rows = self.band.most / (25 if share > 0.25 else 50), np.inf
        most = _ROWS[0] if share > 0.25 else _ROWS[1]
        while rows > most:
            group = grouped(self.field, share * np.sqrt(self.scale), heavy, self.rng)
            rows = int(group.max()) + 1
            share, heavy = 1.25 * share, 1.5 * heavy
        return _Round(group, int(group.max()) + 1, base)

    def _master(self, turn: _Round, count: int, gap: float) -> tuple[float, float, Floats]:
        """Return value, dual of the count and change of every prize."""
        weight = self.field.weight
        sets = np.array(self.pool)
        costs = np.array(self.costs) - sets @ (weight * turn.base)
        held = np.bincount(turn.group, weight, turn.rows).astype(np.float64)
        inside = np.zeros((len(weight), turn.rows))
        inside[np.arange(len(weight)), turn.group] = weight / held[turn.group]
        shares = (sets @ inside).T
        reach = held * (self.scale * self._reach)
        found = solve_master(Master(shares, costs, count, reach), gap)
        if len(self.pool) > _COLUMNS:
            self._forget(costs - found.rows @ shares)
        value = float(found.rows.sum() + count * found.each + weight @ turn.base)
        return value, found.each, (found.rows / held)[turn.group]

    def _forget(self, reduced: Floats) -> None:
        """Drop the grids that are farthest from being taken."""
        keep = np.sort(np.argsort(reduced, kind="stable")[: _COLUMNS * 7 // 10])
        self.pool = [self.pool[j] for j in keep]
        self.costs = [self.costs[j] for j in keep]
        self._seen = {np.packbits(taken).tobytes() for taken in self.pool}


def make_field(piece: Ground, atoms: Ints, band: Band) -> Field:
    """Return the atoms as the kernels read them."""
    load = piece.load[atoms]
    most = min(band.most, float(load.sum()))
    least = min(band.least, most)
    x, y, weight = piece.x[atoms], piece.y[atoms], piece.weight[atoms]
    return Field(x, y, weight, load, least - _HOLDS, most + _HOLDS)


def inertia_of(field: Field, taken: Bools) -> float:
    """Return the inertia of a set about its own middle."""
    weight = field.weight[taken]
    x, y = field.x[taken], field.y[taken]
    total = float(weight.sum())
    spin = float(weight @ (x * x + y * y))
    return max(0.0, spin - (float(weight @ x) ** 2 + float(weight @ y) ** 2) / total)


def _places(field: Field, scale: float) -> tuple[Floats, Floats]:
    """Return (c, 2) centres to start from, and (s, 3) squares that cover all middles of grids."""
    points = np.column_stack([field.x, field.y])
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(2.0 * float(np.sqrt(scale)), float((high - low).max()) / 60.0, 1e-6)
    step = max(side / 8.0, float(np.sqrt(np.prod(high - low + side) / 20_000.0)))
    lattice = _mesh(low, high + step, step)
    near = cKDTree(points).query(lattice)[0] < 2 * step
    middles = _mesh(low + side / 2, high + side, side)
    return lattice[near], np.column_stack([middles, np.full(len(middles), side / 2)])


def _mesh(low: Floats, high: Floats, step: float) -> Floats:
    axes = [np.arange(low[k], high[k], step) for k in (0, 1)]
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


def grouped(field: Field, reach: float, heavy: float, rng: np.random.Generator) -> Ints:
    """Return (n,) a group for each atom: light ones near to each other are one."""
    points = np.column_stack([field.x, field.y])
    weight = field.weight
    group = np.full(len(weight), -1, dtype=np.int64)
    tree, number = cKDTree(points), 0
    turn = rng.random() * np.pi
    for i in np.argsort(points @ np.array([np.cos(turn), np.sin(turn)]), kind="stable").tolist():
        if group[i] >= 0:
            continue
        if weight[i] < heavy:
            near = np.array(tree.query_ball_point(points[i], reach))
            near = near[(group[near] < 0) & (weight[near] < heavy)]
            near = near[np.argsort(((points[near] - points[i]) ** 2).sum(axis=1), kind="stable")]
            group[near[np.cumsum(weight[near]) <= heavy]] = number
        group[i] = number
        number += 1
    return group
