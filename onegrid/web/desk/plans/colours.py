"""Colours for the grids of a plan: few of them, and never the same for two that lie together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import cos, floor, radians, sqrt

import numpy as np

#: How many colours there are; the style sheet names them --plan-0 to --plan-7.
COLOURS = 8
#: Side of a cell as a share of the side of a grid: grids in neighbouring cells lie together.
_CELL = 0.4
_NEAREST = 3

#: Longitude, latitude and number of the grid of a building.
Spot = tuple[float, float, int]


def colours(spots: Sequence[Spot], kept: Mapping[int, int] | None = None) -> dict[int, int]:
    """Return a colour, 0 to 7, for each number of a grid.

    Grids that are hardest to colour come first (DSATUR), so that eight colours nearly always do;
    where they do not, a grid takes the one that fewest of its neighbours have.

    Args:
        spots: the buildings; those with a negative number belong to no grid.
        kept: colours that were shown before; they stay while no neighbour has the same.
    """
    beside = neighbours(spots)
    given: dict[int, int] = {}
    for number, colour in (kept or {}).items():
        if number in beside and all(given.get(one) != colour for one in beside[number]):
            given[number] = colour
    while len(given) < len(beside):
        number = _hardest(beside, given)
        given[number] = _free(Counter(given[one] for one in beside[number] if one in given))
    return given


def neighbours(spots: Sequence[Spot]) -> dict[int, set[int]]:
    """Return which grids have buildings close to each other's, or lie next to each other."""
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    beside: dict[int, set[int]] = {number: set() for _, _, number in spots if number >= 0}
    scaled = list(_scaled(spots, len(beside)))
    for x, y, number in scaled:
        cells[floor(x), floor(y)].add(number)
    for number, others in _nearest(scaled).items():
        for other in others:
            beside[number].add(other)
            beside[other].add(number)
    for (column, row), inside in cells.items():
        around: set[int] = set()
        for step in (-1, 0, 1):
            around |= cells.get((column + step, row + 1), set())
        around |= cells.get((column + 1, row), set()) | inside
        for number in inside:
            beside[number] |= around
            for other in around:
                beside[other].add(number)
    return {number: found - {number} for number, found in beside.items()}


def _scaled(spots: Sequence[Spot], grids: int) -> Iterable[tuple[float, float, int]]:
    """Return the places in cells, of which some make up the side of a grid of usual size."""
    held = [spot for spot in spots if spot[2] >= 0]
    if not held:
        return []
    west, south = min(x for x, _, _ in held), min(y for _, y, _ in held)
    shrink = cos(radians(south))
    wide = (max(x for x, _, _ in held) - west) * shrink
    high = max(y for _, y, _ in held) - south
    side = max(_CELL * sqrt(wide * high / grids), 1e-6)
    return [((x - west) * shrink / side, (y - south) / side, number) for x, y, number in held]


def _nearest(scaled: Sequence[Spot]) -> dict[int, list[int]]:
    """Return the three grids whose middles are nearest; where houses are few they are apart."""
    sums: dict[int, tuple[float, float, int]] = {}
    for x, y, number in scaled:
        east, north, count = sums.get(number, (0.0, 0.0, 0))
        sums[number] = (east + x, north + y, count + 1)
    numbers = list(sums)
    middles = np.array([(east / n, north / n) for east, north, n in sums.values()]).reshape(-1, 2)
    found = {}
    for place, number in enumerate(numbers):
        far = ((middles - middles[place]) ** 2).sum(axis=1)
        near = np.argsort(far, kind="stable")[: _NEAREST + 1]
        found[number] = [numbers[one] for one in near if one != place]
    return found


def _hardest(beside: Mapping[int, set[int]], given: Mapping[int, int]) -> int:
    def hardness(number: int) -> tuple[int, int, int]:
        seen = {given[one] for one in beside[number] if one in given}
        return len(seen), len(beside[number]), -number

    return max((number for number in beside if number not in given), key=hardness)


def _free(taken: Counter[int]) -> int:
    return min(range(COLOURS), key=lambda colour: (taken[colour], colour))
