"""A table of buildings: its columns, and the grid each of them stands in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from onegrid.common import tables
from onegrid.common.tables import Bad, Problem, Say, Spec
from onegrid.common.tables.cells import count, number, one_of, words
from onegrid.common.tables.sources import OUTLINE, Record
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import actions
from onegrid.grids.importing.table import AREAS, SYSTEMS, shape_of
from onegrid.grids.ports import BuildingInput
from onegrid.grids.queries.plan import AreaRow, plan
from onegrid.grids.queries.point import grid_at
from onegrid.grids.terms import AreaLevel, CoordinateSystem

#: What a row may say of a building that is there already.
FACTS = ("compound", "number", "use", "floors", "units", "households")
_GIVEN = (*FACTS, "address", "shape")
_MOST_FLOORS = 999
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
        grid: code of the grid that the table names, or in which the place lies.
        said: those of `FACTS` whose cell was filled in.
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
    said: tuple[str, ...]

    def given(self) -> BuildingInput:
        """Return the row as the actions take it."""
        facts = {name: getattr(self, name) for name in _GIVEN}
        return BuildingInput(grid_code=self.grid, **facts)


Table = tables.Table[BuildingRow]


def _footprint(cell: str) -> BaseGeometry | None:
    return shape_of(cell, kinds=AREAS | {"Point"}, fault="building.outline", whole=True)


def _needed(cell: str) -> int:
    found = count(cell)
    if found is None:
        raise Bad(0, "", "row.empty")
    return found


def _small(cell: str) -> int | None:
    found = count(cell)
    if found is not None and found > _MOST_FLOORS:
        raise Bad(0, "", "building.too_many", most=_MOST_FLOORS)
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
    said = tuple(name for name in FACTS if cells[name] not in {None, ""})
    cells["floors"] = max(1, int(str(cells["floors"] or 1)))
    cells["units"] = max(1, int(str(cells["units"] or 1)))
    return BuildingRow(shape=shape, system=system, said=said, **cells)  # type: ignore[arg-type]


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
        "floors": _small,
        "units": _small,
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
    return _placed(tables.read(content, _SPEC, _check), now, None)


def read_records(
    rows: Iterator[Record], *, now: datetime, within: Collection[UUID] | None = None
) -> Table:
    """Read rows of cells with their numbers, the header first, as `read` does.

    Args:
        within: grids in which buildings may be; None: all.
    """
    return _placed(tables.read_records(rows, _SPEC, _check), now, within)


def _placed(table: Table, now: datetime, within: Collection[UUID] | None) -> Table:
    """Give each row the code of its grid; those without one, or in another's, are bad."""
    grids = grids_on(now)
    found = {row.row: _grid(row, grids, now) for row in table.rows}

    def judge(row: BuildingRow) -> Problem | None:
        grid = found[row.row]
        if grid is None and row.grid:
            return Problem(row.row, "grid", "building.unknown_grid", {"code": row.grid})
        if grid is None:
            return Problem(row.row, "", "building.no_grid", {})
        if within is not None and grid.id not in within:
            return Problem(row.row, "", "building.elsewhere", {"name": grid.name})
        return None

    table.keep(judge)
    table.rows = [replace(row, grid=grid.code) for row in table.rows if (grid := found[row.row])]
    return table


def _check(found: BuildingRow, say: Say) -> None:
    if found.shape is None:
        say(OUTLINE, "building.no_place")


def grids_on(now: datetime) -> dict[str, AreaRow]:
    """Return the grids of a moment by code."""
    rows = (row for row in plan().rows if row.level == AreaLevel.GRID and row.valid(now))
    return {row.code: row for row in rows}


def _grid(found: BuildingRow, grids: Mapping[str, AreaRow], now: datetime) -> AreaRow | None:
    if found.grid:
        return grids.get(found.grid)
    spot = shapely.point_on_surface(found.shape)
    place = grid_at(tenant_id=current_tenant(), lon=spot.x, lat=spot.y, on=now)
    return grids.get(place.grid_code) if place is not None else None
