"""A plan with all that is drawn, written and told about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onegrid.core.planning import Asked, Band, Measures, Miss, Plan, Reason, Town, measure
from onegrid.gis import codes
from onegrid.gis.areas import Areas, areas
from onegrid.gis.errors import Note
from onegrid.gis.towns import Surveyed

if TYPE_CHECKING:
    from onegrid.core.planning import LeastMoves, Served

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Communities:
    """The level above the grids: c communities.

    Attributes:
        of_grid: (k,) number of the community of each grid.
        measures, areas, codes: of the c communities.
        misses: those that are not as asked for, numbered as in `of_grid`.
    """

    band: Band
    of_grid: Ints
    measures: Measures
    areas: Areas
    codes: Sequence[str]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, eq=False)
class Result:
    """A plan of k grids.

    Attributes:
        labels: (n,) grid of each building, 0 to k - 1.
        misses: grids that are not as asked for, numbered as in `labels`.
        before: measures of today's grids; None when there are none.
        codes: (k,)
        gap: by what share the moment of inertia can be above the least possible; None: not known.
        moves: how many households must change their grid in every plan; None: not known.
        notes: what was assumed and done.
        served: the station of each grid and the walks there; None without stations.
        served_before: the same of today's grids, None when there are none either.
        parts: (k,) name of the part that was planned by itself; None when all was planned together.
    """

    surveyed: Surveyed
    asked: Asked
    plan: Plan
    labels: Ints
    misses: tuple[Miss, ...]
    measures: Measures
    before: Measures | None
    areas: Areas
    codes: Sequence[str]
    communities: Communities | None
    gap: float | None
    notes: tuple[Note, ...]
    moves: LeastMoves | None = None
    served: Served | None = None
    served_before: Served | None = None
    parts: Sequence[str] | None = None

    def __len__(self) -> int:
        return self.measures.grids

    @property
    def least_grids(self) -> int:
        """How many grids the households fill when each holds the most it may."""
        return ceil(float(self.surveyed.town.households.sum()) / self.asked.band.most)


@dataclass(frozen=True, slots=True)
class Naming:
    """How codes begin: of grids without a community, and of communities."""

    grid: str = "G"
    community: str = "C"


def result(
    surveyed: Surveyed,
    asked: Asked,
    plan: Plan,
    *,
    communities: tuple[Plan, Band] | None = None,
    gap: float | None = None,
    moves: LeastMoves | None = None,
    naming: Naming | None = None,
    notes: Sequence[Note] = (),
) -> Result:
    """Measure a plan, number its grids and make their polygons.

    Args:
        communities: the plan of the level above, and its band.
    """
    town, naming = surveyed.town, naming or Naming()
    footprints = surveyed.frame.geometry.to_numpy()
    known, labels = np.unique(plan.labels, return_inverse=True)
    labels = labels.astype(np.int64)
    found = measure(town, labels, asked.band)
    named = _renumbered(plan.misses, known)
    above = _communities(surveyed, labels, *communities, naming) if communities else None
    kept = codes.kept_codes(town.households, town.today, surveyed.today, labels)
    return Result(
        surveyed=surveyed,
        asked=asked,
        plan=plan,
        labels=labels,
        misses=(*named, *_unnamed(found, named, asked.band)),
        measures=found,
        before=_measured(_today(surveyed), asked.band),
        areas=areas(surveyed.cells, labels, surveyed.outline, footprints),
        codes=codes.grids(
            found.centre,
            above.of_grid if above else None,
            above.codes if above else (),
            kept,
            naming.grid,
        ),
        communities=above,
        gap=gap,
        moves=moves,
        notes=(*surveyed.notes, *notes),
        served=_served(town, labels),
        served_before=_walked(_today(surveyed)),
    )


def _renumbered(misses: Sequence[Miss], known: Ints) -> list[Miss]:
    place = {int(grid): number for number, grid in enumerate(known)}
    return [replace(miss, grid=place[miss.grid]) for miss in misses if miss.grid in place]


def _unnamed(
    found: Measures, named: Sequence[Miss], band: Band, *, whole: bool = True
) -> list[Miss]:
    """Return the grids that are not as asked for and that the plan itself does not name.

    Args:
        whole: they have to be in one piece too.
    """
    good = found.within & found.connected if whole else found.within
    bad = np.flatnonzero(~good)
    rest = set(bad.tolist()) - {miss.grid for miss in named}
    return [
        Miss(
            reason=Reason.SHAPE,
            grid=grid,
            households=float(found.households[grid]),
            least=min(band.least, float(found.households[grid])),
            most=max(band.most, float(found.households[grid])),
        )
        for grid in sorted(rest)
    ]


def _today(surveyed: Surveyed) -> tuple[Town, Ints] | None:
    """Return the buildings that have a grid today, and its number."""
    town = surveyed.town
    if town.today is None:
        return None
    rows = np.flatnonzero(town.today >= 0)
    if not len(rows) or not town.households[rows].any():
        return None
    return town.part(rows), town.today[rows]


def _measured(today: tuple[Town, Ints] | None, band: Band) -> Measures | None:
    return None if today is None else measure(*today, band)


def _walked(today: tuple[Town, Ints] | None) -> Served | None:
    return None if today is None else _served(*today)


def _served(town: Town, labels: Ints) -> Served | None:
    from onegrid.core.planning import served

    return served(town, labels) if len(town.stations) else None


def _communities(
    surveyed: Surveyed, labels: Ints, above: Plan, band: Band, naming: Naming
) -> Communities:
    known, numbers = np.unique(above.labels, return_inverse=True)
    numbers = numbers.astype(np.int64)
    footprints = surveyed.frame.geometry.to_numpy()
    of_grid = np.zeros(int(labels.max()) + 1, dtype=np.int64)
    of_grid[labels] = numbers
    found = measure(surveyed.town, numbers, band)
    named = _renumbered(above.misses, known)
    return Communities(
        band=band,
        of_grid=of_grid,
        measures=found,
        areas=areas(surveyed.cells, numbers, surveyed.outline, footprints),
        codes=codes.numbered(found.centre, naming.community, digits=2),
        misses=(*named, *_unnamed(found, named, band, whole=False)),
    )
