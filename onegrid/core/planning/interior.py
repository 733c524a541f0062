"""A small interior point method for the master problem of column generation.

It stops early on purpose: prizes from the middle of the optimal face make column generation
converge in far fewer rounds than prizes from a corner (Gondzio, González-Brevis & Munari 2013).
Columns have few entries, so the normal equations are put together by entries; all is one thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import csc_matrix, vstack

from onegrid.core.planning.town import Floats, Ints

_ROUNDS = 60


class Master(NamedTuple):
    """Minimise ``costs · x`` with ``shares x = 1``, ``Σ x = grids``, ``x ≥ 0``.

    Every row may be missed at a price of `reach` for one, which keeps its dual within ± `reach`.

    Attributes:
        shares: (r, m) how much of each row a column covers.
        costs: (m,)
        grids: columns to take in all.
        reach: (r,)
    """

    shares: Floats
    costs: Floats
    grids: int
    reach: Floats


class Answer(NamedTuple):
    """(r,) duals of the rows, the dual of the count, and (m,) how much of each column is taken."""

    rows: Floats
    each: float
    taken: Floats


def solve_master(master: Master, gap: float) -> Answer:
    """Solve to a relative gap between primal and dual value.

    The duals are those of the last step and lie inside; they need not be exactly feasible.
    """
    work = _Work(master)
    x, y, s = work.start()
    for _ in range(_ROUNDS):
        missing, short = work.right - work.times(x), work.costs - work.dual(y) - s
        primal, dual = float(work.costs @ x), float(work.right @ y)
        tidy = np.abs(missing).max() < 1e-6 and np.abs(short).max() < 1e-6 * work.scale
        if tidy and primal - dual < gap * abs(primal):
            break
        x, y, s = work.step(x, y, s, missing, short)
    rows, m = master.shares.shape
    return Answer(y[:rows], float(y[rows]), x[:m])


@njit(cache=True, nogil=True)
def _factor(start: Ints, row: Ints, value: Floats, d: Floats, extra: Floats) -> Floats:
    """Return the Cholesky factor of ``A diag(d) Aᵀ + diag(extra)``, A given by its columns."""
    n = len(extra)
    out = np.zeros((n, n))
    for column in range(len(start) - 1):
        for p in range(start[column], start[column + 1]):
            scaled = value[p] * d[column]
            for q in range(start[column], p + 1):
                out[row[p], row[q]] += scaled * value[q]
    trace = 0.0
    for i in range(n):
        out[i, i] += extra[i]
        trace += out[i, i]
    for i in range(n):
        out[i, i] = out[i, i] * (1.0 + 1e-12) + 1e-14 * trace / n
        for j in range(i + 1):
            rest = out[i, j] - np.dot(out[i, :j], out[j, :j])
            out[i, j] = np.sqrt(max(rest, 1e-300)) if i == j else rest / out[j, j]
    return out


@njit(cache=True, nogil=True)
def _solve(factor: Floats, right: Floats) -> Floats:
    """Solve with a Cholesky factor."""
    n = len(right)
    out = right.copy()
    for i in range(n):
        out[i] = (out[i] - np.dot(factor[i, :i], out[:i])) / factor[i, i]
    for i in range(n - 1, -1, -1):
        out[i] /= factor[i, i]
        out[:i] -= factor[i, :i] * out[i]
    return out


class _Work:
    def __init__(self, master: Master) -> None:
        rows, self.m = master.shares.shape
        self.rows = rows
        matrix = vstack([csc_matrix(master.shares), np.ones((1, self.m))]).tocsc()
        matrix.sort_indices()
        self.columns, self.lines = matrix, matrix.tocsr()
        self.start_of = matrix.indptr.astype(np.int64)
        self.row_of = matrix.indices.astype(np.int64)
        self.right = np.append(np.ones(rows), float(master.grids))
        self.costs = np.concatenate([master.costs, master.reach, master.reach])
        self.scale = float(np.abs(self.costs).mean()) or 1.0

    def times(self, x: Floats) -> Floats:
        """Return the matrix with its columns for missing rows, times x."""
        out: Floats = self.lines @ x[: self.m]
        out[: self.rows] += x[self.m : self.m + self.rows] - x[self.m + self.rows :]
        return out

    def dual(self, y: Floats) -> Floats:
        """Return the transposed matrix times y."""
        inner = y[: self.rows]
        return np.concatenate([self.columns.T @ y, inner, -inner])

    def factor(self, d: Floats) -> Floats:
        """Return the Cholesky factor of the normal equations."""
        extra = np.append(d[self.m : self.m + self.rows] + d[self.m + self.rows :], 0.0)
        found: Floats = _factor(self.start_of, self.row_of, self.columns.data, d[: self.m], extra)
        return found

    def start(self) -> tuple[Floats, Floats, Floats]:
        """Return a point well inside (Mehrotra's)."""
        factor = self.factor(np.ones(len(self.costs)))
        x = self.dual(_solve(factor, self.right))
        y = _solve(factor, self.times(self.costs))
        s = self.costs - self.dual(y)
        x = x + max(-1.5 * float(x.min()), 0.0)
        s = s + max(-1.5 * float(s.min()), 0.0)
        product = float(x @ s)
        return (
            x + 0.5 * product / max(float(s.sum()), 1e-12) + 1e-6,
            y,
            s + 0.5 * product / max(float(x.sum()), 1e-12) + 1e-6 * self.scale,
        )

    def step(
        self, x: Floats, y: Floats, s: Floats, missing: Floats, short: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Take one step of predictor and corrector."""
        d = x / s
        factor = self.factor(d)

        def towards(aim: Floats) -> tuple[Floats, Floats, Floats]:
            dy = _solve(factor, missing + self.times(d * short) - self.times(aim / s))
            ds = short - self.dual(dy)
            return aim / s - d * ds, dy, ds

        dx, dy, ds = towards(-x * s)
        now = float(x @ s)
        then = float((x + _length(x, dx) * dx) @ (s + _length(s, ds) * ds))
        centre = (then / now) ** 3 * now / len(x)
        dx, dy, ds = towards(centre - x * s - dx * ds)
        first, second = 0.9 * _length(x, dx), 0.9 * _length(s, ds)
        return x + first * dx, y + second * dy, s + second * ds


def _length(value: Floats, change: Floats) -> float:
    falls = change < 0
    return min(1.0, float((-value[falls] / change[falls]).min())) if falls.any() else 1.0
