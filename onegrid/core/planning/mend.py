"""Mend a grid out of the band with those around it, or show that there is no help."""

from __future__ import annotations

import time

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from onegrid.core.planning.columns import Ground
from onegrid.core.planning.heads import Model, solve
from onegrid.core.planning.terms import Band
from onegrid.core.planning.town import Ints

#: Grids that are taken up together, and pairs, heads and atoms that a programme may have.
_SIZES = (2, 3, 4, 6, 9, 13)
_PAIRS, _HEADS, _ATOMS = 25_000, 40, 1500


def mend(ground: Ground, band: Band, labels: Ints, grid: int, until: float) -> Ints | None:
    """Return a cut whose grids around one are all within the band; the others stay as they are.

    Args:
        labels: (m,) grid of each atom.
        grid: the one that is out of the band.
        until: when to end, as `time.monotonic` tells it.
    """
    before = 0
    for turn, size in enumerate(_SIZES):
        rows = around(ground, labels, grid, size)
        grids, left = len(np.unique(labels[rows])), until - time.monotonic()
        if grids == before or left <= 0:
            break
        before = grids
        numbers = [k for k in band.counts(float(ground.load[rows].sum())) if k <= grids]
        if not numbers:
            continue
        if len(rows) > _ATOMS:
            break
        model = Model.of(part_of(ground, rows), band, heads=_HEADS)
        if len(model.atom) > _PAIRS:
            break
        stop = time.monotonic() + left / (len(_SIZES) - turn)
        verdict = solve(model, range(numbers[0], numbers[-1] + 1), stop)
        if verdict.labels is not None:
            found = labels.copy()
            found[rows] = int(labels.max()) + 1 + verdict.labels
            return np.unique(found, return_inverse=True)[1].astype(np.int64)
    return None


def unavoidable(ground: Ground, band: Band, rows: Ints, until: float) -> bool:
    """Tell whether it is shown that no plan has all of some atoms in grids within the band.

    A grid with one of these atoms lies among atoms that a way within the band leads to. Those need
    no grid, and grids share none, which leaves out only what other grids ask for.
    """
    source = np.repeat(np.arange(len(ground.load)), np.diff(ground.start))
    graph = csr_matrix((ground.load[ground.near] + 1e-9, (source, ground.near)))
    way = dijkstra(graph, indices=rows, limit=band.most) + ground.load[rows][:, None]
    near = np.flatnonzero((way <= band.most + 1e-6).any(axis=0))
    near = np.union1d(near, rows)
    if len(near) > _ATOMS:
        return False
    model = Model.of(part_of(ground, near), band)
    if len(model.atom) > _PAIRS:
        return False
    must = np.isin(near, rows)
    return solve(model, range(len(near) + 1), until, must=must).possible is False


def around(ground: Ground, labels: Ints, grid: int, size: int) -> Ints:
    """Return the atoms of a grid and of those around it, the closest first, so many in all."""
    source = np.repeat(np.arange(len(labels)), np.diff(ground.start))
    taken = [grid]
    while len(taken) < size:
        inside = np.isin(labels, taken)
        rim = labels[ground.near[inside[source] & ~inside[ground.near]]]
        if not len(rim):
            break
        names, ties = np.unique(rim, return_counts=True)
        taken.append(int(names[np.argmax(ties)]))
    return np.flatnonzero(np.isin(labels, taken))


def part_of(ground: Ground, rows: Ints) -> Ground:
    """Return some atoms of a piece, with the links among them."""
    place = np.full(len(ground.load), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    source = np.repeat(np.arange(len(place)), np.diff(ground.start))
    stays = (place[source] >= 0) & (place[ground.near] >= 0)
    links = np.bincount(place[source[stays]], minlength=len(rows))
    return Ground(
        ground.x[rows],
        ground.y[rows],
        ground.weight[rows],
        ground.load[rows],
        ground.spin[rows],
        np.concatenate([[0], np.cumsum(links)]).astype(np.int64),
        place[ground.near[stays]],
        ground.wall,
    )
