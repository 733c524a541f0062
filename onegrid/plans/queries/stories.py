"""Why a grid of a draft is where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from onegrid.accounts.viewer import Viewer
from onegrid.grids import queries as grids
from onegrid.plans.ground import Ground, unpack
from onegrid.plans.models import Draft, DraftGrid
from onegrid.plans.queries.drafts import seen


@dataclass(frozen=True, slots=True)
class NearestRow:
    """The compound or building beside a grid that came closest to being in it.

    Attributes:
        grid_name: where it is instead.
        hindrance: ``too_many``, ``too_few``, ``apart`` or ``farther``
            (`core.planning.explain.Hindrance`).
        by: households too many or too few, or what both grids would lose in compactness.
    """

    compound: str
    address: str
    grid_name: str
    households: int
    hindrance: str
    by: float


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What there is to say of a grid.

    Attributes:
        more, fewer: households that it could still take, and lose, within the band.
        station, walk: name of the station nearest to its middle, empty without any, and the mean
            walk there in metres, None where no way leads there.
        borders: metres towards other grids by what lies there, as `core.planning.Barrier` is named.
    """

    number: int
    more: int
    fewer: int
    borders: Mapping[str, int]
    outside: int
    station: str
    walk: float | None
    nearest: NearestRow | None


def stories(*, viewer: Viewer, draft_id: UUID) -> tuple[StoryRow, ...]:
    """Return a story for each grid of a draft, by number; empty before a first plan.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    from onegrid.core.planning import Asked, Band, Plan, explain

    found = seen(viewer, draft_id, whole=True)
    if not found.labels:
        return ()
    ground = Ground.load(found.ground)
    numbers, place = np.unique(unpack(found.labels), return_inverse=True)
    town = ground.town(communities_stay=found.community_least is None)
    told = explain(
        town,
        Plan(place.astype(np.int64), len(numbers), (), 0.0, found.seed, 0, 0.0),
        Asked(Band(found.least, found.most)),
    )
    rows = DraftGrid.objects.filter(draft=found)
    names = dict(rows.values_list("number", "name"))
    named = {row.number: (row.station, row.walk) for row in rows}
    houses = _houses(found, ground)
    return tuple(
        StoryRow(
            number=int(numbers[one.grid]),
            more=max(0, round(one.room[0])),
            fewer=max(0, round(one.room[1])),
            borders={kind.name.lower(): round(metres) for kind, metres in one.borders.items()},
            outside=round(one.outside),
            station=named.get(int(numbers[one.grid]), ("", None))[0],
            walk=named.get(int(numbers[one.grid]), ("", None))[1],
            nearest=NearestRow(
                *houses[one.nearest.building],
                grid_name=names[int(numbers[one.nearest.grid])],
                households=round(one.nearest.households),
                hindrance=str(one.nearest.hindrance),
                by=one.nearest.by,
            )
            if one.nearest is not None
            else None,
        )
        for one in told
    )


def _houses(found: Draft, ground: Ground) -> list[tuple[str, str]]:
    """Return compound and address of each building."""
    known = {row.id: row for row in grids.buildings(area_id=found.scope_id, on=found.base_at)}
    return [(known[one].compound, known[one].address) for one in ground.building_ids()]
