"""Read the ground of a draft from the county's places and cases.

Imports scipy: imported where it is used only, so that idle processes stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from onegrid.cases.queries.places import places_opened
from onegrid.common.refusals import Invalid
from onegrid.core.geo import distance_m
from onegrid.core.planning import Barrier
from onegrid.gis.barriers import COLUMN, Barriers
from onegrid.gis.cells import make_cells
from onegrid.gis.neighbours import neighbours
from onegrid.grids import queries as grids
from onegrid.grids.queries.inside import footprints_of, map_shapes
from onegrid.grids.terms import LayerKind as MapLayer
from onegrid.plans.ground import Floats, Ground, Ints, to_bytes
from onegrid.plans.layers.counting import shapes_of
from onegrid.plans.terms import LayerKind

_YEAR = timedelta(days=365)
#: how far a case may lie from a building and still be counted for it
_CASE_M = 200.0


def survey(*, scope_id: UUID, on: datetime) -> Ground:
    """Return the ground of a street or of the county as it is at a moment.

    Raises:
        Invalid: ``draft.no_buildings``, or ``draft.too_few`` with less than two.
    """
    rows = sorted(grids.buildings(area_id=scope_id, on=on), key=lambda row: row.id.bytes)
    if len(rows) < 2 or not any(row.households for row in rows):
        raise Invalid("draft.no_buildings", field="scope")
    grid_ids = sorted({row.grid_id for row in rows}, key=lambda one: one.bytes)
    place = {grid_id: number for number, grid_id in enumerate(grid_ids)}
    today = np.array([place[row.grid_id] for row in rows], dtype=np.int64)
    metres = Metres(float(rows[0].lon), float(rows[0].lat))
    xy = _apart(metres.of(np.array([(row.lon, row.lat) for row in rows], dtype=np.float64)))
    barriers = _barriers(metres, on)
    near = neighbours(make_cells(_footprints(rows, xy, metres), xy, barriers), xy, barriers)
    above = [_above(grid_id) for grid_id in grid_ids]
    return Ground(
        ids=to_bytes([row.id for row in rows]),
        xy=xy,
        households=np.array([row.households for row in rows], dtype=np.float64),
        edges=near.edges,
        shared=near.shared,
        barrier=near.barrier,
        compound=_numbered(_compounds(rows, xy, metres, on)),
        area=near.area,
        outer=near.outer,
        today=today,
        grids=to_bytes(grid_ids),
        community=_numbered([community.hex for community, _ in above])[today],
        street=_numbered([street.hex for _, street in above])[today],
        cases=_cases(xy, metres, [row.id for row in rows], on),
    )


class Metres:
    """A flat map around a point: metres to the east and to the north of it."""

    def __init__(self, lon: float, lat: float) -> None:
        self._origin = np.array([lon, lat])
        self._scale = np.array(
            [distance_m(lon, lat, lon + 0.01, lat), distance_m(lon, lat, lon, lat + 0.01)]
        ) * 100.0  # fmt: skip

    def of(self, degrees: Floats) -> Floats:
        """Return metres of (n, 2) longitudes and latitudes."""
        flat: Floats = (degrees - self._origin) * self._scale
        return flat

    def shapes(self, shapes: Any) -> Any:
        """Return shapes in metres."""
        return shapely.transform(np.asarray(shapes, dtype=object), self.of)


def _footprints(rows: Sequence[grids.BuildingRow], xy: Floats, metres: Metres) -> Any:
    """Return the footprint of each building, its point where none is known."""
    known = footprints_of(building_ids=[row.id for row in rows])
    shapes = np.array(shapely.points(xy), dtype=object)
    places = [place for place, row in enumerate(rows) if row.id in known]
    if places:
        shapes[places] = metres.shapes([known[rows[place].id] for place in places])
    return shapes


def _above(grid_id: UUID) -> tuple[UUID, UUID]:
    """Return community and street of a grid."""
    community = grids.area(area_id=grid_id).parent_id or grid_id
    return community, grids.area(area_id=community).parent_id or community


def _numbered(names: Sequence[str]) -> Ints:
    """Number names in their order; the empty name is -1."""
    found, numbers = np.unique(np.array(names, dtype=object), return_inverse=True)
    if len(found) and found[0] == "":
        numbers = numbers - 1
    return numbers.astype(np.int64)


def _apart(xy: Floats) -> Floats:
    """Move buildings that stand at one point apart by 10 cm each."""
    _, place = np.unique(xy.round(2), axis=0, return_inverse=True)
    place = place.reshape(-1)
    order = np.argsort(place, kind="stable")
    rank = np.empty(len(xy), dtype=np.int64)
    counts = np.bincount(place)
    rank[order] = np.arange(len(xy)) - np.repeat(np.cumsum(counts) - counts, counts)
    return xy + np.column_stack([rank, rank * 0.5]) * 0.1


def _compounds(
    rows: Sequence[grids.BuildingRow], xy: Floats, metres: Metres, on: datetime
) -> list[str]:
    """Return the compound of each building: the imported outline it lies in, else the register's.

    The name of an outline is its number after a sign that no name begins with.
    """
    found = [row.compound for row in rows]
    shapes = [shapely.from_wkb(bytes(geom)) for _, geom in shapes_of(LayerKind.COMPOUNDS, on)]
    if shapes:
        tree = shapely.STRtree(metres.shapes(shapes))
        inside = tree.query(shapely.points(xy), predicate="intersects").T.tolist()
        for place, outline in sorted(inside, reverse=True):
            found[place] = f"\x01{outline}"
    return found


def _barriers(metres: Metres, on: datetime) -> Barriers | None:
    """Return what keeps grids apart: of the map and of the imported layer."""
    found: list[tuple[Any, int]] = [
        (shape, _of_map(kind, rank)) for kind, rank, shape in map_shapes()
    ]
    imported = shapes_of(LayerKind.BARRIERS, on)
    found += [(shapely.from_wkb(bytes(geom)), given[COLUMN]) for given, geom in imported]
    found = [(shape, what) for shape, what in found if what > Barrier.PATH]
    if not found:
        return None
    shapes = metres.shapes([shape for shape, _ in found])
    return Barriers(shapes, np.array([int(what) for _, what in found], dtype=np.int64))


def _of_map(kind: str, rank: int) -> Barrier:
    if kind == MapLayer.ROAD:
        return {1: Barrier.MAIN_ROAD, 2: Barrier.SMALL_ROAD}.get(rank, Barrier.PATH)
    return {MapLayer.RAIL: Barrier.RAILWAY, MapLayer.WATER: Barrier.RIVER}.get(
        MapLayer(kind), Barrier.PATH
    )


def _cases(xy: Floats, metres: Metres, ids: list[UUID], on: datetime) -> NDArray[np.float64]:
    """Count the cases of the year before by building: the one they name, or the nearest."""
    from scipy.spatial import cKDTree

    counts = np.zeros(len(xy))
    place = {building_id: number for number, building_id in enumerate(ids)}
    found = places_opened(since=on - _YEAR, until=on)
    for building_id, _, _ in found:
        if building_id in place:
            counts[place[building_id]] += 1
    points = [(lon, lat) for building_id, lon, lat in found if building_id not in place]
    if points:
        away, nearest = cKDTree(xy).query(metres.of(np.array(points)), workers=1)
        np.add.at(counts, nearest[away <= _CASE_M], 1.0)
    return counts
