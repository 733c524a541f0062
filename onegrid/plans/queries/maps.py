"""What the map of a draft shows: buildings with their grids, outlines, who moves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.accounts.viewer import Viewer
from onegrid.grids import queries as grids
from onegrid.grids.queries.inside import outlines_of
from onegrid.plans.figures import heirs
from onegrid.plans.ground import Ground, Ints, unpack
from onegrid.plans.models import Draft, DraftGrid, DraftRun
from onegrid.plans.outlines import outlines
from onegrid.plans.queries.drafts import seen
from onegrid.plans.queries.rows import DraftBuilding, Mover
from onegrid.plans.terms import RunState

_PRECISION = 1e-6


def preview(*, viewer: Viewer, draft_id: UUID) -> tuple[int, ...]:
    """Return the grids of a running plan, building by building as in `draft_buildings`.

    Empty while there is nothing to show.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    seen(viewer, draft_id)
    running = DraftRun.objects.filter(draft_id=draft_id, state=RunState.RUNNING)
    content = running.values_list("preview", flat=True).first()
    return tuple(unpack(content).tolist()) if content else ()


def draft_buildings(*, viewer: Viewer, draft_id: UUID) -> tuple[DraftBuilding, ...]:
    """Return the buildings of a draft in its order.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    found = seen(viewer, draft_id, whole=True)
    ground, labels = Ground.load(found.ground), unpack(found.labels)
    names = grids.area_names()
    today = [(one, names.get(one, "")) for one in ground.grid_ids()]
    known = {row.id: row for row in grids.buildings(area_id=found.scope_id, on=found.base_at)}
    moves = _moves(ground, labels) if len(labels) else None
    rows = []
    for place, building_id in enumerate(ground.building_ids()):
        row = known[building_id]
        grid_id, name = today[int(ground.today[place])]
        rows.append(
            DraftBuilding(
                id=building_id,
                lon=row.lon,
                lat=row.lat,
                compound=row.compound,
                address=row.address,
                households=row.households,
                today_id=grid_id,
                today_name=name,
                number=int(labels[place]) if len(labels) else -1,
                moves=moves is not None and bool(moves[place]),
            )
        )
    return tuple(rows)


def draft_outlines(*, viewer: Viewer, draft_id: UUID) -> bytes:
    """Return the outlines of the drafted grids as GeoJSON.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    found = seen(viewer, draft_id, whole=True)
    if not found.labels:
        return _collection([])
    shapes = outlines(found.id, Ground.load(found.ground), unpack(found.labels))
    rows = DraftGrid.objects.filter(draft=found).order_by("number")
    return _collection(
        [
            (
                shapes[row.number],
                {
                    "number": row.number,
                    "name": row.name,
                    "code": row.code,
                    "community": row.community_name,
                    "households": row.households,
                    "within": row.within,
                    "connected": row.connected,
                },
            )
            for row in rows
            if row.number in shapes
        ]
    )


def today_outlines(*, viewer: Viewer, draft_id: UUID) -> bytes:
    """Return the outlines of today's grids of a draft as GeoJSON.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    found = seen(viewer, draft_id, whole=True)
    ids = Ground.load(found.ground).grid_ids()
    names = grids.area_names()
    return _collection(
        [
            (shape, {"id": str(one), "name": names.get(one, "")})
            for one, shape in outlines_of(area_ids=ids).items()
        ]
    )


def movers(*, viewer: Viewer, draft_id: UUID) -> tuple[Mover, ...]:
    """Return which compounds change their grid, most households first.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    found = seen(viewer, draft_id, whole=True)
    if not found.labels:
        return ()
    moved: dict[tuple[str, str, str], list[int]] = {}
    for compound, old, new, households in moving(found):
        kept = moved.setdefault((compound, old, new), [0, 0])
        kept[0] += 1
        kept[1] += households
    rows = [Mover(*key, *counts) for key, counts in moved.items()]
    return tuple(sorted(rows, key=lambda row: (-row.households, row.compound, row.new_name)))


def moving(found: Draft) -> list[tuple[str, str, str, int]]:
    """Return compound, old grid, new grid and households of each building that changes its grid."""
    ground, labels = Ground.load(found.ground), unpack(found.labels)
    names = grids.area_names()
    today = [names.get(one, "") for one in ground.grid_ids()]
    new = dict(DraftGrid.objects.filter(draft=found).values_list("number", "name"))
    compounds = {
        row.id: row.compound for row in grids.buildings(area_id=found.scope_id, on=found.base_at)
    }
    ids = ground.building_ids()
    return [
        (
            compounds.get(ids[place], ""),
            today[int(ground.today[place])],
            new[int(labels[place])],
            int(ground.households[place]),
        )
        for place in _moves(ground, labels).nonzero()[0].tolist()
    ]


def _moves(ground: Ground, labels: Ints) -> NDArray[np.bool_]:
    """Return for each building whether its grid of today does not go on as its new one."""
    moves: NDArray[np.bool_] = heirs(ground, labels)[ground.today] != labels
    return moves


def _collection(features: list[tuple[Any, Mapping[str, object]]]) -> bytes:
    parts = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(_rounded(shape))),
            "properties": dict(values),
        }
        for shape, values in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": parts}).encode()


def _rounded(shape: Any) -> Any:
    return shapely.set_precision(shape, _PRECISION)
