"""Codes of grids and communities.

A grid that is mostly one of today's keeps its code, so that people find it again. New ones are
numbered from the north-west to the south-east in bands, each band walked the other way round, so
that neighbours have near numbers: three digits (more when there are more) behind the code of the
community, or behind a prefix.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def walk(centres: Floats) -> Ints:
    """Return the order of a walk through (k, 2) places, from the north-west, band after band."""
    k = len(centres)
    bands = max(1, round(np.sqrt(k / 2)))
    rank = np.argsort(np.argsort(-centres[:, 1], kind="stable"), kind="stable")
    band = rank * bands // k
    along = np.where(band % 2 == 0, centres[:, 0], -centres[:, 0])
    order: Ints = np.lexsort([along, band]).astype(np.int64)
    return order


def numbered(centres: Floats, prefix: str, digits: int = 3) -> list[str]:
    """Return a code for each place: the prefix and its number on the walk, from 1."""
    digits = max(digits, len(str(len(centres))))
    codes = [""] * len(centres)
    for number, place in enumerate(walk(centres), start=1):
        codes[place] = f"{prefix}{number:0{digits}d}"
    return codes


def grids(
    centres: Floats,
    community: Ints | None,
    community_codes: Sequence[str],
    kept: dict[int, str],
    prefix: str,
) -> list[str]:
    """Return the code of each grid.

    Args:
        centres: (k, 2) metres.
        community: (k,) number of the community of each grid; None: there are none.
        kept: codes of today that some grids keep.
        prefix: for grids without a community.
    """
    taken = set(kept.values())
    codes = [""] * len(centres)
    groups = [(prefix, np.arange(len(centres)))] if community is None else [
        (code, np.flatnonzero(community == number))
        for number, code in enumerate(community_codes)
    ]  # fmt: skip
    for start, members in groups:
        free = (code for code in _endless(start, len(members)) if code not in taken)
        for place in members[walk(centres[members])] if len(members) else members:
            codes[place] = kept.get(int(place)) or next(free)
    return codes


def _endless(prefix: str, count: int) -> list[str]:
    """Return more codes than any grid will need, in their order."""
    digits = max(3, len(str(count)))
    return [f"{prefix}{number:0{digits}d}" for number in range(1, 10**digits)]


def kept_codes(
    households: Floats, today: Ints | None, names: Sequence[str], grid: Ints
) -> dict[int, str]:
    """Return which grids keep the code of a grid of today.

    A grid keeps the code when most of its households come from that grid, and most of that grid's
    households go to it.
    """
    if today is None or not names:
        return {}
    known = today >= 0
    k = int(grid.max()) + 1
    pairs, place = np.unique(today[known] * np.int64(k) + grid[known], return_inverse=True)
    both = np.bincount(place, households[known])
    old, new = pairs // k, pairs % k
    of_old = np.bincount(today[known], households[known], len(names))
    of_new = np.bincount(grid, households, k)
    stays = (both * 2 > of_old[old]) & (both * 2 > of_new[new])
    return {int(n): names[int(o)] for o, n in zip(old[stays], new[stays], strict=True)}
