"""How many grids each piece gets, when all together may have no more than a given number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onegrid.core.planning.problem import Problem
from onegrid.core.planning.shapes import SPIN
from onegrid.core.planning.town import Floats


@dataclass(frozen=True, slots=True)
class Choice:
    """The number of grids of each piece, what they cost together, and their sum."""

    counts: list[int]
    cost: float
    grids: int

    def rank(self, most: int) -> tuple[int, float]:
        """Return what to compare choices by: first grids too many, then the cost."""
        return max(0, self.grids - most), self.cost


def first_counts(problem: Problem) -> list[int]:
    """Share grids out by extent and households before anything was cut.

    A piece with inertia I as one grid has about I / k with k grids; a further grid goes where it
    takes off most. Numbers that leave the mean close to an end of the band are avoided.
    """
    parts = problem.parts
    if not parts:
        return []
    least = np.array([part.fewest for part in parts], dtype=np.float64)
    most = np.array([part.most for part in parts], dtype=np.float64)
    load = np.array([part.load for part in parts])
    root = np.sqrt(np.array([float(part.piece.sums[:, SPIN].sum()) for part in parts]) + 1e-9)
    band = problem.asked.band
    low = np.clip(np.ceil(load / (band.most - 0.12 * (band.most - band.least))), least, most)
    high = np.clip(
        np.floor(load / (band.least + 0.12 * (band.most - band.least) + 1e-9)), low, most
    )
    counts = np.clip(root * _factor(root, low, high, problem.grids), low, high)
    return [int(k) for k in np.maximum(1, counts)]


def _factor(root: Floats, low: Floats, high: Floats, grids: int) -> float:
    """Return the factor on `root` that uses up the grids, by bisection."""
    under, over = 0.0, float(2 * np.max(high / root) + 1)
    for _ in range(60):
        middle = (under + over) / 2
        if np.floor(np.clip(root * middle, low, high)).sum() <= grids:
            under = middle
        else:
            over = middle
    return under


def choose_counts(options: Sequence[dict[int, float]], grids: int, price: float) -> Choice:
    """Choose for each piece one of the numbers whose cost is known, at most `grids` together.

    Start with the cheapest number of each piece whatever the sum, then give back grids where each
    costs least, along the lower hull of costs.
    """
    hulls = [_hull(costs) for costs in options]
    at = [len(hull) - 1 for hull in hulls]
    total = sum(hull[-1][0] for hull in hulls)
    steps = []
    for piece, hull in enumerate(hulls):
        for j in range(len(hull) - 1, 0, -1):
            saved = hull[j][0] - hull[j - 1][0]
            steps.append(((hull[j - 1][1] - hull[j][1]) / saved, piece, -j, saved))
    steps.sort()
    for _, piece, _, saved in steps:
        if total <= grids:
            break
        at[piece] -= 1
        total -= saved
    counts = [hull[j][0] for hull, j in zip(hulls, at, strict=True)]
    cost = sum(hull[j][1] for hull, j in zip(hulls, at, strict=True))
    return Choice(counts, cost, total)


def _hull(costs: dict[int, float]) -> list[tuple[int, float]]:
    """Return the lower convex hull of the points (number, cost), while costs fall."""
    hull: list[tuple[int, float]] = []
    for k, cost in sorted(costs.items()):
        if hull and cost >= hull[-1][1]:
            continue
        while len(hull) > 1 and _above(hull[-2], hull[-1], (k, cost)):
            hull.pop()
        hull.append((k, cost))
    return hull


def _above(a: tuple[int, float], b: tuple[int, float], c: tuple[int, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) >= (c[1] - a[1]) * (b[0] - a[0])
