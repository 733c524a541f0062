"""What the compiled kernels work on: one piece of a town, what it is asked for, and its grids.

A piece is what barriers leave connected; its atoms are numbered from 0. All kernels are plain
loops over arrays, so that several pieces can be worked on by several threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numba import njit

from onegrid.core.planning.town import Floats, Ints

#: Columns of sums over atoms: households, households times place, moment of inertia about the
#: origin, households as the band counts them, workload, households that stay, opened walls inside.
WEIGHT, SUM_X, SUM_Y, SPIN, LOAD, WORK, STAYS, WALLS = range(8)
SUMS = 8
#: So many of them are known of an atom by itself.
OWN = 6

#: Options of the compiler that its own functions use: no wrapper for C, none for Python.
_NO_C: dict[str, Any] = {"no_cfunc_wrapper": True}
_BARE: dict[str, Any] = {**_NO_C, "no_cpython_wrapper": True}
Function = TypeVar("Function", bound=Callable[..., object])


class _Compiler(Protocol):
    def __call__(self, function: Function, /) -> Function: ...


#: Called from Python; may run beside others, and divides by zero as numpy does.
door: _Compiler = njit(cache=True, nogil=True, error_model="numpy", **_NO_C)
#: Called from other kernels only, hence compiled in two thirds of the time. Arguments should not
#: be plain constants: the compiler makes a version of its own for each.
kernel: _Compiler = njit(cache=True, nogil=True, error_model="numpy", **_BARE)
#: Numbers that are passed to kernels.
ZERO: int = np.int64(0)  # type: ignore[assignment]
NONE: int = np.int64(-1)  # type: ignore[assignment]


class Piece(NamedTuple):
    """m atoms and their neighbours, as rows of a sparse matrix.

    Attributes:
        start: (m + 1,) where the neighbours of an atom begin.
        near: neighbours.
        bond: what it costs to have a border between grids here.
        wall: 1 where the two lie on two sides of a barrier that was opened, else 0.
        xy: (m, 2) metres.
        sums: (m, 6) what an atom adds to the sums of its grid.
        today: (m,) number of today's grid or -1.
        stations: (s, 2) metres; those that can be the nearest of a grid, none unless walks count.
    """

    start: Ints
    near: Ints
    bond: Floats
    wall: Ints
    xy: Floats
    sums: Floats
    today: Ints
    stations: Floats


class Terms(NamedTuple):
    """What a grid costs beside its inertia, in household square metres.

    Attributes:
        least, most: the band.
        miss: a grid out of the band or across a barrier.
        stray: each household out of the band.
        price: each grid.
        balance: square of the difference to `mean_work`.
        change: each household that is in another grid than today.
        walk: each square metre from a household to the station of its grid.
    """

    least: float
    most: float
    miss: float
    stray: float
    price: float
    balance: float
    mean_work: float
    change: float
    walk: float


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


#: Rows of `Room.ints`; that of marks and that of things seen are -1 between uses.
MARK, SEEN, QUEUE, ORDER, SPARE, ROOT, PLACE, PARTS, SIDE, BEST = range(10)


class Room(NamedTuple):
    """Scratch memory, so that nothing is allocated in inner loops.

    Attributes:
        ints: (10, m + 1) rows as named above.
        key: (m,) what atoms are put in order by.
        cost: (m + 1,) cost of the cut before each place in the order.
        before: (m + 1, 9) sums of all atoms before each place in the order.
    """

    ints: Ints
    key: Floats
    cost: Floats
    before: Floats


class Reins(NamedTuple):
    """What drives a kernel from outside.

    Attributes:
        dice: (1,) state of a random generator.
        halt: (1,) `GOING`; `LATE`: improve nothing more; `NOW`: finish what must be whole at once.
    """

    dice: Floats
    halt: Ints


GOING, LATE, NOW = range(3)


class Job(NamedTuple):
    """All that a kernel needs: p(iece), g(rids), t(erms), scratch memory and reins."""

    p: Piece
    g: Grids
    t: Terms
    room: Room
    dice: Floats
    halt: Ints


@kernel
def make_room(m: int) -> Room:
    """Allocate scratch memory for m atoms."""
    ints = np.empty((10, m + 1), np.int64)
    ints[:] = -1
    return Room(ints, np.zeros(m), np.zeros(m + 1), np.zeros((m + 1, SUMS + 1)))


@kernel
def draw(dice: Floats) -> float:
    """Return a number of [0, 1) and move on (a Lehmer generator that doubles hold exactly)."""
    dice[0] = (dice[0] * 48271.0) % 2147483647.0
    return float(dice[0] / 2147483647.0)


@kernel
def find(root: Ints, i: int) -> int:
    """Return the representative of a disjoint set."""
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@kernel
def sort_by_key(room: Room, m: int) -> None:
    """Write 0 … m-1 to the row of order, by growing `room.key`: insertion in runs, then merges."""
    key, order = room.key, room.ints[ORDER]
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


@kernel
def _merge(room: Room, low: int, middle: int, high: int) -> None:
    key, order, spare = room.key, room.ints[ORDER], room.ints[SPARE]
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
