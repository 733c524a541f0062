"""Lay the cells of one layer over the grids: overlaps, cells across borders, gaps and slivers.

All shapes are polygons in metres. A piece that nowhere is wider than `THIN_M` is a sliver: borders
that were meant to be the same and were drawn twice. Slivers are named, but they never make a cell
belong to a second grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[Any]
Ints = NDArray[np.int64]

#: metres; what is nowhere wider is a sliver
THIN_M = 8.0
#: square metres; less is noise of the numbers themselves
_NOISE_M2 = 1.0


class Fault(StrEnum):
    """What is wrong at a place."""

    #: two cells of the layer lie over each other
    OVERLAP = "overlap"
    #: a border of a cell cuts a grid, and this is not the larger piece of the grid
    ACROSS = "across"
    #: a cell reaches out of all grids
    OUTSIDE = "outside"
    #: a grid has a place without a cell of the layer
    GAP = "gap"
    #: one of the above, but nowhere wider than `THIN_M`
    SLIVER = "sliver"


@dataclass(frozen=True, slots=True)
class Spot:
    """One place with a fault.

    Attributes:
        fault: as it counts; `of` is what it would be if it were wider than a sliver.
        first: the cell; of a gap the grid.
        second: the other cell of an overlap, the grid of a piece across; -1 without.
        area: square metres.
    """

    fault: Fault
    of: Fault
    first: int
    second: int
    area: float
    shape: Any


@dataclass(frozen=True, slots=True)
class Share:
    """What a cell has in common with a grid, slivers left out.

    Attributes:
        grid: -1 for what lies outside all grids.
        share: of the cell's own ground, 0 to 1.
        whole: all of the grid lies in the cell.
    """

    cell: int
    grid: int
    area: float
    share: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A layer laid over the grids: the largest faults first, shares by cell, the largest first."""

    spots: tuple[Spot, ...]
    shares: tuple[Share, ...]

    def named(self, *faults: Fault) -> tuple[Spot, ...]:
        """Return the places with one of these faults."""
        return tuple(spot for spot in self.spots if spot.fault in faults)


def lay(cells: Sequence[Any], grids: Sequence[Any]) -> Laid:
    """Lay cells over grids.

    Args:
        cells, grids: valid polygons in metres; grids do not overlap.
    """
    above, below = _array(cells), _array(grids)
    cell, grid = shapely.STRtree(below).query(above, predicate="intersects")
    pieces = shapely.intersection(above[cell], below[grid])
    spots: list[Spot] = []
    real: list[tuple[int, int, Any]] = []
    for one, other, part, thin in _parts(pieces, cell, grid):
        if thin:
            spots.append(_spot(Fault.ACROSS, one, other, part, thin=True))
        else:
            real.append((one, other, part))
    kept = _shares(real, above, below)
    spots += _cuts(kept, real)
    outside = list(_outside(above, below))
    spots += [spot for spot, _ in outside]
    kept += [share for _, share in outside if share is not None]
    spots += [*_overlaps(above), *_gaps(above, below)]
    return Laid(
        tuple(sorted(spots, key=lambda spot: -spot.area)),
        tuple(sorted(kept, key=lambda share: (share.cell, share.grid < 0, -share.area))),
    )


def _spot(of: Fault, first: int, second: int, shape: Any, *, thin: bool = False) -> Spot:
    return Spot(Fault.SLIVER if thin else of, of, first, second, shape.area, shape)


def _array(shapes: Sequence[Any]) -> Shapes:
    found = np.empty(len(shapes), dtype=object)
    found[:] = list(shapes)
    return found


def _parts(shapes: Shapes, one: Ints, other: Ints) -> Iterator[tuple[int, int, Any, bool]]:
    """Yield every polygon of some shapes with its two numbers, and whether it is a sliver."""
    parts, place = shapely.get_parts(shapes, return_index=True)
    inner, nested = shapely.get_parts(parts, return_index=True)
    place = place[nested]
    area = shapely.area(inner)
    real = np.flatnonzero((shapely.get_dimensions(inner) == 2) & (area > _NOISE_M2))
    thin = shapely.is_empty(shapely.buffer(inner[real], -THIN_M / 2, quad_segs=2))
    for n, narrow in zip(real, thin, strict=True):
        yield int(one[place[n]]), int(other[place[n]]), inner[n], bool(narrow)


def _shares(pieces: Sequence[tuple[int, int, Any]], cells: Shapes, grids: Shapes) -> list[Share]:
    """Add the pieces of a cell in a grid up."""
    area: dict[tuple[int, int], float] = {}
    for cell, grid, part in pieces:
        area[cell, grid] = area.get((cell, grid), 0.0) + part.area
    one = np.array([cell for cell, _ in area], dtype=np.int64)
    other = np.array([grid for _, grid in area], dtype=np.int64)
    left = shapely.difference(grids[other], cells[one])
    parted = {(c, g) for c, g, _, thin in _parts(left, one, other) if not thin}
    whole = shapely.area(cells)
    return [
        Share(c, g, size, size / whole[c], (c, g) not in parted) for (c, g), size in area.items()
    ]


def _cuts(shares: Sequence[Share], pieces: Sequence[tuple[int, int, Any]]) -> Iterator[Spot]:
    """Yield what cells with more ground cut off a grid, the largest piece of each excepted."""
    largest: dict[int, Share] = {}
    grids_of: dict[int, int] = {}
    for share in shares:
        if share.grid not in largest or share.area > largest[share.grid].area:
            largest[share.grid] = share
        grids_of[share.cell] = grids_of.get(share.cell, 0) + 1
    cut = {
        (share.cell, share.grid)
        for share in shares
        if grids_of[share.cell] > 1 and not share.whole and largest[share.grid] is not share
    }
    for cell, grid, part in pieces:
        if (cell, grid) in cut:
            yield _spot(Fault.ACROSS, cell, grid, part)


def _outside(cells: Shapes, grids: Shapes) -> Iterator[tuple[Spot, Share | None]]:
    """Yield what of the cells lies in no grid."""
    town = shapely.union_all(grids)
    left = shapely.difference(cells, town)
    number = np.arange(len(cells))
    whole = shapely.area(cells)
    for cell, _, part, thin in _parts(left, number, number):
        share = None if thin else Share(cell, -1, part.area, part.area / whole[cell])
        yield _spot(Fault.OUTSIDE, cell, -1, part, thin=thin), share


def _overlaps(cells: Shapes) -> Iterator[Spot]:
    """Yield where two cells lie over each other."""
    one, other = shapely.STRtree(cells).query(cells, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(cells[one], cells[other])
    for first, second, part, thin in _parts(common, one, other):
        yield _spot(Fault.OVERLAP, first, second, part, thin=thin)


def _gaps(cells: Shapes, grids: Shapes) -> Iterator[Spot]:
    """Yield where a grid has no cell."""
    left = shapely.difference(grids, shapely.union_all(cells))
    number = np.arange(len(grids))
    for grid, _, part, thin in _parts(left, number, number):
        yield _spot(Fault.GAP, grid, -1, part, thin=thin)
