"""What the compiled kernels work on: one piece of a town, what it is asked for, and its grids.

A piece is what barriers leave connected; its atoms are numbered from 0. All kernels are plain
loops over arrays, so that several pieces can be worked on by several threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from onegrid.core.planning.town import Floats, Ints

#: Columns of `Grids.sums`.
WEIGHT, SUM_X, SUM_Y, SPIN, LOAD, WORK, STAYS, WALLS = range(8)
SUMS = 8


class Piece(NamedTuple):
    """m atoms and their neighbours, as rows of a sparse matrix.

    Attributes:
        start: (m + 1,) where the neighbours of an atom begin.
        near: neighbours.
        bond: what it costs to have a border between grids here.
        wall: 1 where the two lie on two sides of a barrier that was opened, else 0.
        x, y: (m,) metres.
        weight: (m,) households.
        load: (m,) households as the band counts them: at most the most of one grid.
        spin: (m,) moment of inertia about the origin.
        work: (m,) workload.
        today: (m,) number of today's grid or -1.
    """

    start: Ints
    near: Ints
    bond: Floats
    wall: Ints
    x: Floats
    y: Floats
    weight: Floats
    load: Floats
    spin: Floats
    work: Floats
    today: Ints


class Terms(NamedTuple):
    """What a grid costs beside its inertia, in household square metres.

    Attributes:
        least, most: the band.
        miss: a grid out of the band or across a barrier.
        stray: each household out of the band.
        price: each grid.
        balance: square of the difference to `mean_work`.
        change: each household that is in another grid than today.
    """

    least: float
    most: float
    miss: float
    stray: float
    price: float
    balance: float
    mean_work: float
    change: float


class Grids(NamedTuple):
    """The grids of one piece; a number without an atom is free.

    Attributes:
        of: (m,) grid of each atom.
        head: first atom of each grid or -1.
        after: (m,) next atom of the same grid or -1.
        sums: what the atoms of each grid add up to, columns as named above.
        heir: today's grid that each grid continues or -1.
    """

    of: Ints
    head: Ints
    after: Ints
    sums: Floats
    heir: Ints


class Room(NamedTuple):
    """Scratch memory, so that nothing is allocated in inner loops; `mark` is -1 between uses."""

    mark: Ints
    seen: Ints
    queue: Ints
    key: Floats
    order: Ints
    spare: Ints
    root: Ints
    place: Ints
    before: Floats
    cost: Floats
    parts: Ints
    side: Ints
    best: Ints


class Job(NamedTuple):
    """All that a kernel needs: p(iece), g(rids), t(erms), scratch memory and a random generator."""

    p: Piece
    g: Grids
    t: Terms
    room: Room
    dice: Floats


@njit(cache=True, nogil=True)
def make_room(m: int) -> Room:
    """Allocate scratch memory for m atoms."""
    return Room(
        np.full(m, -1, np.int64),
        np.full(m, -1, np.int64),
        np.empty(m, np.int64),
        np.empty(m),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
        np.zeros((m + 1, SUMS + 1)),
        np.empty(m + 1),
        np.empty(m + 1, np.int64),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
    )


@njit(cache=True, nogil=True)
def draw(dice: Floats) -> float:
    """Return a number of [0, 1) and move on (a Lehmer generator that doubles hold exactly)."""
    dice[0] = (dice[0] * 48271.0) % 2147483647.0
    return float(dice[0] / 2147483647.0)


@njit(cache=True, nogil=True)
def find(root: Ints, i: int) -> int:
    """Return the representative of a disjoint set."""
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@njit(cache=True, nogil=True)
def sort_by_key(room: Room, m: int) -> None:
    """Write 0 … m-1 to `room.order`, by growing `room.key`: insertion in runs, then merges."""
    key, order = room.key, room.order
    run = 16
    for low in range(0, m, run):
        for i in range(low, min(low + run, m)):
            j = i
            while j > low and key[order[j - 1]] > key[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
    while run < m:
        for low in range(0, m, 2 * run):
            _merge(room, low, min(low + run, m), min(low + 2 * run, m))
        run *= 2


@njit(cache=True, nogil=True)
def _merge(room: Room, low: int, middle: int, high: int) -> None:
    key, order, spare = room.key, room.order, room.spare
    for i in range(low, middle):
        spare[i] = order[i]
    i, j, to = low, middle, low
    while i < middle:
        if j < high and key[order[j]] < key[spare[i]]:
            order[to] = order[j]
            j += 1
        else:
            order[to] = spare[i]
            i += 1
        to += 1
