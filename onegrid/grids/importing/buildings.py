"""Bring the buildings of a table in, each into the grid it stands in, and take a batch back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import shapely
from django.db import transaction
from django.db.models import ProtectedError
from shapely.geometry.base import BaseGeometry

from onegrid.common import tables
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Bad, Outcome, Problem, Say, Spec, batch_name
from onegrid.common.tables.cells import count, number, one_of, words
from onegrid.common.tables.sources import OUTLINE
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import actions
from onegrid.grids.importing.batches import BatchRow
from onegrid.grids.importing.table import AREAS, SYSTEMS, shape_of
from onegrid.grids.models import Building, BuildingBatch, Membership
from onegrid.grids.queries.lists import valid_buildings
from onegrid.grids.queries.plan import AreaRow, plan
from onegrid.grids.queries.point import grid_at
from onegrid.grids.terms import AreaLevel, CoordinateSystem

BATCHES = "buildings/"
_BATCH = 1000
#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "address": ("地址", "门牌", "楼栋地址"),
        "households": ("户数", "总户数"),
        "compound": ("小区", "小区名称"),
        "number": ("楼号", "栋号"),
        "use": ("用途",),
        "floors": ("层数", "楼层数"),
        "units": ("单元数",),
        "lon": ("经度",),
        "lat": ("纬度",),
        OUTLINE: ("轮廓", "范围", "wkt"),
        "system": ("坐标系",),
        "grid": ("网格代码", "网格编码"),
    }
)


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A good row; the shape is a footprint or a point in WGS 84.

    Attributes:
        grid: code of the grid, when the table names it.
    """

    row: int
    address: str
    households: int
    compound: str
    number: str
    use: str
    floors: int
    units: int
    shape: BaseGeometry | None
    system: str
    grid: str


Table = tables.Table[BuildingRow]


def _footprint(cell: str) -> BaseGeometry | None:
    return shape_of(cell, kinds=AREAS | {"Point"}, fault="building.outline", whole=True)


def _needed(cell: str) -> int:
    found = count(cell)
    if found is None:
        raise Bad(0, "", "row.empty")
    return found


def _row(
    *,
    lon: float | None,
    lat: float | None,
    outline: BaseGeometry | None,
    system: str,
    **cells: object,
) -> BuildingRow:
    """Make a row; its place is converted by the system it names."""
    spot = shapely.Point(lon, lat) if lon is not None and lat is not None else None
    shape = actions.to_wgs84([outline or spot], system)[0]
    cells["floors"] = max(1, int(str(cells["floors"] or 1)))
    cells["units"] = max(1, int(str(cells["units"] or 1)))
    return BuildingRow(shape=shape, system=system, **cells)  # type: ignore[arg-type]


_SPEC = Spec(
    what="buildings",
    columns=COLUMNS,
    needed=("address", "households"),
    readers={
        "address": words(200, needed=True),
        "households": _needed,
        "compound": words(60),
        "number": words(20),
        "use": words(20),
        "floors": count,
        "units": count,
        "lon": number,
        "lat": number,
        OUTLINE: _footprint,
        "system": one_of(SYSTEMS, default=CoordinateSystem.WGS84.value),
        "grid": words(24),
    },
    make=_row,
    key=lambda found: found.address,
    key_column="address",
    example=(
        "示例路1号示例小区1号楼", "36", "示例小区", "1号楼", "residential", "6", "3",
        "118.83", "36.70", "", "wgs84", "",
    ),
    twice="building.twice",
)  # fmt: skip


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(_SPEC)


def read(content: bytes, *, now: datetime) -> Table:
    """Read a table and find the grid of each building; write nothing."""
    table = tables.read(content, _SPEC, _check)
    grids = _grids(now)

    def judge(found: BuildingRow) -> Problem | None:
        if found.grid:
            unknown = found.grid not in grids
            return (
                Problem(found.row, "grid", "building.unknown_grid", {"code": found.grid})
                if unknown
                else None
            )
        outside = _grid(found, grids, now) is None
        return Problem(found.row, "", "building.no_grid", {}) if outside else None

    table.keep(judge)
    return table


def _check(found: BuildingRow, say: Say) -> None:
    if found.shape is None:
        say(OUTLINE, "building.no_place")


def _grids(now: datetime) -> dict[str, AreaRow]:
    rows = (row for row in plan().rows if row.level == AreaLevel.GRID and row.valid(now))
    return {row.code: row for row in rows}


def _grid(found: BuildingRow, grids: Mapping[str, AreaRow], now: datetime) -> AreaRow | None:
    if found.grid:
        return grids.get(found.grid)
    spot = shapely.point_on_surface(found.shape)
    place = grid_at(tenant_id=current_tenant(), lon=spot.x, lat=spot.y, on=now)
    return grids.get(place.grid_code) if place is not None else None


@transaction.atomic
def bring_in(rows: Sequence[BuildingRow], *, name: str, now: datetime) -> Outcome:
    """Write the buildings of which the address is not there yet, all or nothing.

    The same name again goes on with the same batch.

    Raises:
        Invalid: the name of the batch cannot be used.
    """
    batch = batch_name(name)
    there = set(valid_buildings(now).values_list("address", flat=True))
    grids = _grids(now)
    made = [_building(row, grids, now) for row in rows if row.address not in there]
    Building.objects.bulk_create(made, batch_size=_BATCH)
    if made:
        kept, _new = BuildingBatch.objects.get_or_create(
            name=batch, undone_at=None, defaults={"at": now}
        )
        kept.added = [*kept.added, *(row.id for row in made)]
        kept.save(update_fields=["added"])
        actions.bump_plan(now=now)
    return Outcome(BATCHES + batch, len(made), 0, len(rows) - len(made))


def _building(row: BuildingRow, grids: Mapping[str, AreaRow], now: datetime) -> Building:
    grid = _grid(row, grids, now)
    if grid is None or row.shape is None:
        raise Conflict("building.no_grid")
    spot = shapely.point_on_surface(row.shape)
    return Building(
        grid_id=grid.id,
        compound=row.compound,
        number=row.number,
        use=row.use,
        address=row.address,
        floors=row.floors,
        units=row.units,
        households=row.households,
        lon=round(float(spot.x), 7),
        lat=round(float(spot.y), 7),
        geom=None if row.shape.geom_type == "Point" else shapely.to_wkb(row.shape),
        input_system=row.system,
        valid_from=now,
    )


def batches() -> list[BatchRow]:
    """Return the batches that were not taken back, oldest first."""
    found = BuildingBatch.objects.filter(undone_at__isnull=True).order_by("at")
    return [BatchRow(BATCHES + row.name, len(row.added), row.at) for row in found]


@transaction.atomic
def undo(name: str, *, now: datetime) -> int:
    """Take a batch back that nothing uses yet; return how many buildings were removed.

    Raises:
        NotFound: there is no such batch.
        Conflict: flats, cases or an adopted plan use one of its buildings.
    """
    batch = BuildingBatch.objects.select_for_update().filter(name=name, undone_at=None).first()
    if batch is None:
        raise NotFound("batch.unknown", name=name)
    if Membership.objects.filter(building_id__in=batch.added).exists():
        raise Conflict("building.batch_used")
    try:
        with transaction.atomic():
            Building.objects.filter(id__in=batch.added).delete()
    except ProtectedError as error:
        raise Conflict("building.batch_used") from error
    BuildingBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    actions.bump_plan(now=now)
    return len(batch.added)
