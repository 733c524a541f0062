"""A small interior point method for the master problem of column generation.

It stops early on purpose: prizes from the middle of the optimal face make column generation
converge in far fewer rounds than prizes from a corner (Gondzio, González-Brevis & Munari 2013).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from onegrid.core.planning.town import Floats

_ROUNDS = 60


class Master(NamedTuple):
    """Minimise ``costs · x`` with ``shares x = 1``, ``Σ x = count``, ``x ≥ 0``.

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


class _Work:
    def __init__(self, master: Master) -> None:
        rows, self.m = master.shares.shape
        self.rows = rows
        self.matrix = np.vstack([master.shares, np.ones(self.m)])
        self.right = np.append(np.ones(rows), float(master.grids))
        self.costs = np.concatenate([master.costs, master.reach, master.reach])
        self.scale = float(np.abs(self.costs).mean()) or 1.0

    def times(self, x: Floats) -> Floats:
        """Return the matrix with its columns for missing rows, times x."""
        out: Floats = self.matrix @ x[: self.m]
        out[: self.rows] += x[self.m : self.m + self.rows] - x[self.m + self.rows :]
        return out

    def dual(self, y: Floats) -> Floats:
        """Return the transposed matrix times y."""
        inner = y[: self.rows]
        return np.concatenate([self.matrix.T @ y, inner, -inner])

    def factor(self, d: Floats) -> tuple[Floats, bool]:
        """Return the Cholesky factor of the normal equations."""
        normal = (self.matrix * d[: self.m]) @ self.matrix.T
        index = np.arange(self.rows)
        normal[index, index] += d[self.m : self.m + self.rows] + d[self.m + self.rows :]
        index = np.arange(self.rows + 1)
        normal[index, index] *= 1.0 + 1e-12
        normal[index, index] += 1e-14 * np.trace(normal) / (self.rows + 1)
        return cho_factor(normal, check_finite=False)  # type: ignore[no-any-return]

    def start(self) -> tuple[Floats, Floats, Floats]:
        """Return a point well inside (Mehrotra's)."""
        factor = self.factor(np.ones(len(self.costs)))
        x = self.dual(cho_solve(factor, self.right))
        y = cho_solve(factor, self.times(self.costs))
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
            dy = cho_solve(factor, missing + self.times(d * short) - self.times(aim / s))
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
