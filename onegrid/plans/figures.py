"""Figures of a plan, of today or of a draft, and of each of its grids."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from onegrid.plans.ground import Floats, Ground, Ints

if TYPE_CHECKING:
    from onegrid.core.planning import Measures, Served


@dataclass(frozen=True, slots=True)
class Figures:
    """What is compared before and after.

    Attributes:
        within, whole: share of the grids within the band, and in one piece without crossing a
            barrier.
        least, most: households of the smallest and of the largest grid.
        rms: root mean square distance of a household to the middle of its grid, metres.
        moved, moved_buildings: households and buildings whose grid does not go on as theirs.
        border: metres of border between grids.
        split: compounds that lie in more grids than they must.
        spread: coefficient of variation of the workload (households and last year's cases).
        most_cases: cases of the last year in the grid that had most.
        walk: mean walk to the station of the grid, metres; None without stations or ways to them.
        no_way: households without a way to it.
    """

    grids: int
    within: float
    whole: float
    least: int
    most: int
    rms: float
    compactness: float
    moved: int
    moved_share: float
    moved_buildings: int
    border: float
    split: int
    spread: float
    most_cases: int
    walk: float | None = None
    no_way: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the figures as they are kept with a draft."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures of a plan and of its grids, whose numbers are `numbers` in their order."""

    figures: Figures
    numbers: Ints
    buildings: Ints
    cases: Ints
    each: Measures
    served: Served | None


def measured(
    ground: Ground,
    labels: Ints,
    band: tuple[int, int],
    *,
    communities_stay: bool,
    stations: Floats,
) -> Measured:
    """Measure labels against a band of households.

    Args:
        stations: (s, 2) metres; may be empty.
    """
    from onegrid.core.planning import Band, measure, served

    town = ground.town(communities_stay=communities_stay)
    each = measure(town, labels, Band(*band))
    numbers, place = np.unique(labels, return_inverse=True)
    cases = np.bincount(place, ground.cases, len(numbers)).astype(np.int64)
    changes = heirs(ground, labels)[ground.today] != labels
    walks = served(ground.walks(stations), labels) if len(stations) else None
    moved = float(ground.households[changes].sum())
    figures = Figures(
        grids=each.grids,
        within=float(each.within.mean()),
        whole=float(each.connected.mean()),
        least=int(each.households.min()),
        most=int(each.households.max()),
        rms=each.rms,
        compactness=float(np.average(each.compactness)),
        moved=round(moved),
        moved_share=float(moved / ground.households.sum()),
        moved_buildings=int(changes.sum()),
        border=each.border,
        split=each.split,
        spread=each.spread,
        most_cases=int(cases.max()),
        walk=None if walks is None or not np.isfinite(walks.mean) else walks.mean,
        no_way=0 if walks is None else round(walks.beyond),
    )
    return Measured(figures, numbers, np.bincount(place), cases, each, walks)


def overlaps(ground: Ground, labels: Ints) -> list[tuple[int, int, float, int]]:
    """Return today's grid, new grid, households and buildings of each pair, the largest first."""
    wide = int(labels.max()) + 1
    pairs, place = np.unique(ground.today * wide + labels, return_inverse=True)
    households = np.bincount(place, ground.households)
    buildings = np.bincount(place)
    order = np.lexsort((pairs, -buildings, -households))
    return [
        (int(pairs[i] // wide), int(pairs[i] % wide), float(households[i]), int(buildings[i]))
        for i in order
    ]


def heirs(ground: Ground, labels: Ints) -> Ints:
    """Return for each of today's grids the new one that goes on with it, -1 for none.

    Of the pairs with most households first, each grid on either side is taken once; the new grid
    must hold half of the households of the old one, or be made up of it by half.
    """
    old = np.bincount(ground.today, ground.households, len(ground.grids))
    new = np.bincount(labels, ground.households)
    found = np.full(len(ground.grids), -1, dtype=np.int64)
    taken: set[int] = set()
    for before, after, households, _ in overlaps(ground, labels):
        half = 2 * households >= min(old[before], new[after])
        if found[before] < 0 and after not in taken and half:
            found[before] = after
            taken.add(after)
    return found
