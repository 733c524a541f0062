"""Write places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core import geo
from onegrid.grids import queries
from onegrid.grids.models import Area, Building, Dwelling, PlaceLayer, PlanVersion
from onegrid.grids.ports import Adopted, AreaInput, BuildingInput, LayerInput, Progress
from onegrid.grids.queries.plan import AreaRow
from onegrid.grids.terms import AreaLevel, CoordinateSystem, LayerKind

_BATCH = 500


def _silent(what: str, done: int, total: int) -> None:
    """Report progress to nobody."""


@transaction.atomic
def adopt_places(
    *,
    now: datetime,
    areas: Sequence[AreaInput],
    buildings: Sequence[BuildingInput] = (),
    layers: Sequence[LayerInput] = (),
    system: str = CoordinateSystem.WGS84,
    valid_from: datetime | None = None,
    progress: Progress = _silent,
) -> Adopted:
    """Take over the first places of a county, all or nothing.

    Args:
        areas: parents before children; exactly one county.
        system: coordinate system of all shapes; they are kept in WGS 84.
        valid_from: since when the places exist; `now` when not given.

    Raises:
        Conflict: ``place.already_there``.
        Invalid: ``place.unknown_system``, ``place.row_bad`` with row (from 1), item and reason.
    """
    if system not in CoordinateSystem.values:
        known = ", ".join(CoordinateSystem.values)
        raise Invalid("place.unknown_system", system=system, known=known)
    if Area.objects.exists():
        raise Conflict("place.already_there")
    check_areas(areas)
    since = valid_from or now
    made = _areas(areas, system, since)
    _write(Area.objects, list(made.values()), "areas", progress)
    _write(Building.objects, _buildings(buildings, made, system, since), "buildings", progress)
    _write(PlaceLayer.objects, _layers(layers, system), "layers", progress)
    bump_plan(now=now)
    return Adopted(len(made), len(buildings), len(layers))


@transaction.atomic
def adopt_dwellings(
    *, now: datetime, grid_ids: Iterable[UUID] | None = None, progress: Progress = _silent
) -> int:
    """Number the flats of all buildings (or those of some grids) that have none yet.

    Flats are numbered floor by floor: the second flat on floor 3 is room 302.

    Returns:
        How many flats were written.
    """
    found = Building.objects.filter(dwellings=None, households__gt=0, floors__gte=1, units__gte=1)
    if grid_ids is not None:
        found = found.filter(grid_id__in=list(grid_ids))
    houses = list(found.order_by("id").values_list("id", "units", "floors", "households"))
    flats = [
        Dwelling(building_id=pk, unit=unit, floor=floor, room=room, valid_from=now)
        for pk, units, floors, households in houses
        for unit, floor, room in rooms(units=units, floors=floors, households=households)
    ]
    _write(Dwelling.objects, flats, "dwellings", progress)
    return len(flats)


def rooms(*, units: int, floors: int, households: int) -> list[tuple[int, int, str]]:
    """Return unit, floor and room of the flats of a building, evenly spread from the ground up."""
    per_floor = max(1, -(-households // (units * floors)))
    every = (
        (unit, floor, f"{floor}{flat:02d}")
        for floor in range(1, floors + 1)
        for unit in range(1, units + 1)
        for flat in range(1, per_floor + 1)
    )
    return list(islice(every, households))


def bump_plan(*, now: datetime) -> None:
    """Tell all processes that places have changed."""
    changed = PlanVersion.objects.update(id=uuid7(), number=F("number") + 1, changed_at=now)
    if not changed:
        PlanVersion.objects.create(number=1, changed_at=now)
    queries.clear()


def hold_places() -> None:
    """Let nobody else change places until the transaction ends."""
    list(PlanVersion.objects.select_for_update())


def check_areas(areas: Sequence[AreaInput]) -> None:
    """Check levels, parents, codes and outlines before anything is written.

    Raises:
        Invalid: ``place.row_bad`` for the first bad row.
    """
    known: dict[str, str] = {}
    for number, row in enumerate(areas, start=1):
        found = fault(row, known)
        if found is not None:
            raise Invalid("place.row_bad", row=number, item=row.code, reason=found[1])
        known[row.code] = row.level


def fault(row: AreaInput, known: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with an area, as column and reason, or None.

    Args:
        known: level by code of the areas that are there before it.
    """
    levels = list(AreaLevel.values)
    if row.level not in levels:
        return "level", _("the level %(level)s is not known") % {"level": row.level}
    if not row.code or not row.name.strip():
        return "code", _("code or name is empty")
    if row.code in known:
        return "code", _("the code occurs twice")
    above = levels[levels.index(row.level) - 1] if row.level != AreaLevel.COUNTY else ""
    if bool(row.parent_code) != bool(above) or known.get(row.parent_code, "") != above:
        missing = _("the area above it (%(code)s) is missing or of the wrong level")
        return "parent", missing % {"code": row.parent_code}
    if row.households is not None and row.households < 0:
        return "households", _("the number of households is negative")
    reason = _shape_fault(row.shape)
    return ("outline", reason) if reason else None


def _shape_fault(shape: BaseGeometry | None) -> str:
    if shape is None:
        return ""
    if shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        return _("the outline is not a polygon")
    if shape.is_valid:
        return ""
    return _("the outline is broken (%(fault)s)") % {"fault": shapely.is_valid_reason(shape)}


def to_wgs84(shapes: Sequence[BaseGeometry | None], system: str) -> Any:
    """Convert shapes of any system to WGS 84, missing ones kept."""
    array = np.array([*shapes, None], dtype=object)[:-1]
    if system == CoordinateSystem.WGS84:
        return array

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(geo.convert(xy[:, 0], xy[:, 1], system))

    return shapely.transform(array, convert)


def _areas(rows: Sequence[AreaInput], system: str, since: datetime) -> dict[str, Area]:
    made: dict[str, Area] = {}
    for row, shape in zip(rows, to_wgs84([row.shape for row in rows], system), strict=True):
        made[row.code] = new_area(
            row, parent=made.get(row.parent_code), shape=shape, system=system, since=since
        )
    return made


def new_area(
    row: AreaInput,
    *,
    parent: Area | AreaRow | None,
    shape: BaseGeometry | None,
    system: str,
    since: datetime,
) -> Area:
    """Return an area that is not saved yet; `shape` is in WGS 84, `system` says how it came."""
    return Area(
        level=row.level,
        code=row.code,
        name=row.name,
        parent_id=parent.id if parent else None,
        path=f"{parent.path}/{row.code}" if parent else row.code,
        households=row.households,
        geom=None if shape is None else shapely.to_wkb(shape),
        input_system=system,
        sketch=row.sketch,
        valid_from=since,
    )


def _buildings(
    rows: Sequence[BuildingInput], areas: dict[str, Area], system: str, since: datetime
) -> list[Building]:
    shapes = to_wgs84([row.shape for row in rows], system)
    doors = shapely.get_coordinates(shapely.point_on_surface(shapes))
    made = []
    for number, (row, shape, door) in enumerate(zip(rows, shapes, doors, strict=True), start=1):
        grid = areas.get(row.grid_code)
        if grid is None or grid.level != AreaLevel.GRID:
            reason = _("%(code)s is not a grid") % {"code": row.grid_code}
            raise Invalid("place.row_bad", row=number, item=row.address, reason=reason)
        made.append(
            new_building(row, grid_id=grid.id, shape=shape, door=door, system=system, since=since)
        )
    return made


def new_building(
    row: BuildingInput,
    *,
    grid_id: UUID,
    shape: BaseGeometry,
    door: NDArray[np.float64],
    system: str,
    since: datetime,
) -> Building:
    """Return a building that is not saved yet.

    Args:
        shape: footprint or point in WGS 84.
        door: (2,) longitude and latitude of a point in it.
        system: in which it came.
    """
    return Building(
        grid_id=grid_id,
        compound=row.compound,
        number=row.number,
        use=row.use,
        address=row.address,
        floors=row.floors,
        units=row.units,
        households=row.households,
        lon=round(float(door[0]), 7),
        lat=round(float(door[1]), 7),
        geom=None if shape.geom_type == "Point" else shapely.to_wkb(shape),
        input_system=system,
        valid_from=since,
    )


def _layers(rows: Sequence[LayerInput], system: str) -> list[PlaceLayer]:
    shapes = to_wgs84([row.shape for row in rows], system)
    for number, row in enumerate(rows, start=1):
        if row.kind not in LayerKind.values:
            reason = _("the kind %(kind)s is not known") % {"kind": row.kind}
            raise Invalid("place.row_bad", row=number, item=row.name, reason=reason)
    return [
        PlaceLayer(
            kind=row.kind,
            name=row.name,
            rank=row.rank,
            width_m=row.width_m,
            geom=shapely.to_wkb(shape),
        )
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _write(
    manager: models.Manager[Any],
    rows: list[Any],
    what: str,
    progress: Progress,
) -> None:
    """Insert rows in batches and report after each."""
    for start in range(0, len(rows), _BATCH):
        manager.bulk_create(rows[start : start + _BATCH])
        progress(what, min(start + _BATCH, len(rows)), len(rows))
