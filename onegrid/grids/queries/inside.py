"""What lies inside some areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely

from onegrid.grids.models import Building, PlaceLayer
from onegrid.grids.queries.lists import BuildingRow, rows_of, valid_buildings, within
from onegrid.grids.queries.plan import plan


def buildings_of(*, area_ids: Iterable[UUID], on: datetime) -> tuple[BuildingRow, ...]:
    """Return the buildings of some areas at a moment, by compound and number.

    Raises:
        NotFound: there is no such area in this county.
    """
    inside = frozenset[UUID]().union(*(within(area_id=area_id) for area_id in area_ids))
    rows = rows_of(valid_buildings(on, grids=inside))
    return tuple(sorted(rows, key=lambda row: (row.compound, len(row.number), row.number)))


def grids_of(*, building_ids: Iterable[UUID], on: datetime) -> dict[UUID, UUID]:
    """Return the grid of each of some buildings at a moment, also at one to come."""
    rows = valid_buildings(on).filter(id__in=list(building_ids))
    return {row.id: row.grid_id for row in rows_of(rows)}


def outlines_of(*, area_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Return the outlines (WGS 84) of some areas, former ones too; some have none."""
    wanted = frozenset(area_ids)
    return {
        row.id: shape
        for level in plan().outlines.values()
        for row, shape in zip(level.rows, level.shapes, strict=True)
        if row.id in wanted
    }


def footprints_of(*, building_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Return the footprints (WGS 84) of some buildings; some have none."""
    rows = Building.objects.filter(id__in=list(building_ids), geom__isnull=False)
    return {
        pk: shapely.from_wkb(bytes(geom)) for pk, geom in rows.values_list("id", "geom") if geom
    }


def map_shapes() -> tuple[tuple[str, int, Any], ...]:
    """Return kind, rank and shape (WGS 84) of every road, railway, water and green of the map."""
    rows = PlaceLayer.objects.order_by("id").values_list("kind", "rank", "geom")
    return tuple((kind, rank, shapely.from_wkb(bytes(geom))) for kind, rank, geom in rows)


def points_of(*, building_ids: Iterable[UUID]) -> dict[UUID, tuple[float, float]]:
    """Return longitude and latitude (WGS 84) of a point in each of some buildings."""
    rows = Building.objects.filter(id__in=list(building_ids)).values_list("id", "lon", "lat")
    return {pk: (lon, lat) for pk, lon, lat in rows}


def households_by_grid(*, on: datetime) -> dict[UUID, int]:
    """Return the households of each grid that has buildings, counted from them."""
    counted: dict[UUID, int] = {}
    for row in rows_of(valid_buildings(on)):
        counted[row.grid_id] = counted.get(row.grid_id, 0) + row.households
    return counted
