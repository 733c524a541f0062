"""Every plan of a town small enough to look at all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from onegrid.core.planning import Asked, Band, Plan, Town, make_town, measure


def partitions(n: int, most: int) -> Iterator[list[int]]:
    """Give every way to part n things into at most so many sets."""

    def grow(head: list[int], used: int) -> Iterator[list[int]]:
        if len(head) == n:
            yield head
            return
        for name in range(min(used + 1, most)):
            yield from grow([*head, name], max(used, name + 1))

    yield from grow([], 0)


def best(town: Town, band: Band, most: int) -> tuple[float, list[int]] | None:
    """Return least inertia and labels of the connected plans within the band; None without any."""
    found = None
    for labels in partitions(len(town), most):
        grid = np.array(labels)
        loads = np.bincount(grid, town.households)
        if not all(band.holds(load) for load in loads):
            continue
        measured = measure(town, grid, band)
        if measured.connected.all():
            cost = float(measured.inertia.sum())
            if found is None or cost < found[0]:
                found = (cost, labels)
    return found


def plan_of(labels: list[int]) -> Plan:
    """Return labels as a plan."""
    grid = np.array(labels, dtype=np.int64)
    return Plan(grid, int(grid.max()) + 1, (), 0.0, 0, 0, 0.0)


def lattice(
    columns: int, rows: int, households: list[int], step: float = 10.0, barrier: int = 0
) -> Town:
    """Return buildings in rows and columns, neighbours side by side."""
    xy = [(step * c, step * r) for r in range(rows) for c in range(columns)]
    side = [(r * columns + c, r * columns + c + 1) for r in range(rows) for c in range(columns - 1)]
    up = [
        (r * columns + c, r * columns + c + columns)
        for r in range(rows - 1)
        for c in range(columns)
    ]
    edges = np.array(side + up, dtype=np.int64).reshape(-1, 2)
    return make_town(
        xy=np.array(xy), households=np.array(households), edges=edges,
        barrier=np.full(len(edges), barrier),
    )  # fmt: skip


def asked(least: float, most: float, grids: int) -> Asked:
    """Return what is asked for."""
    return Asked(Band(least, most), grids)
