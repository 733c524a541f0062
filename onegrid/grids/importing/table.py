"""A table of places: its columns, and what is checked in each row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from onegrid.common import tables
from onegrid.common.tables import Bad, Say, Spec
from onegrid.common.tables.cells import count, one_of, optional_moment, words
from onegrid.common.tables.sources import OUTLINE
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import actions
from onegrid.grids.importing.judge import Judge
from onegrid.grids.importing.rows import ORDER, PlaceRow
from onegrid.grids.terms import AreaLevel, CoordinateSystem

#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "level": ("级别", "层级"),
        "code": ("代码", "编码", "区划代码"),
        "name": ("名称",),
        "parent": ("上级代码", "上级"),
        "households": ("户数",),
        OUTLINE: ("轮廓", "范围", "wkt"),
        "system": ("坐标系",),
        "valid_from": ("启用日期", "生效日期"),
    }
)
NEEDED = ("level", "code", "name")

_LEVELS = {
    **{level: str(level) for level in AreaLevel.values},
    "县": AreaLevel.COUNTY.value,
    "街道": AreaLevel.STREET.value,
    "镇": AreaLevel.STREET.value,
    "乡": AreaLevel.STREET.value,
    "社区": AreaLevel.COMMUNITY.value,
    "村": AreaLevel.COMMUNITY.value,
    "网格": AreaLevel.GRID.value,
}
SYSTEMS = {
    **{system: str(system) for system in CoordinateSystem.values},
    "wgs-84": CoordinateSystem.WGS84.value,
    "gcj-02": CoordinateSystem.GCJ02.value,
    "bd-09": CoordinateSystem.BD09.value,
    "cgcs2000": CoordinateSystem.WGS84.value,
}
#: Types of geometry that have an area.
AREAS = frozenset({"Polygon", "MultiPolygon"})
Table = tables.Table[PlaceRow]


def shape_of(cell: str, *, kinds: frozenset[str], fault: str, whole: bool = False) -> Any:
    """Read WKT or GeoJSON in degrees; None from an empty cell.

    Args:
        kinds: types of geometry that may be there.
        fault: what is said of anything else.
        whole: the shape must be valid, too.

    Raises:
        Bad: it is neither, or not in degrees.
    """
    if not cell:
        return None
    try:
        found = shapely.from_geojson(cell) if cell[0] == "{" else shapely.from_wkt(cell)
    except (ShapelyError, ValueError, TypeError) as error:
        raise Bad(0, "", fault) from error
    if found is None or found.geom_type not in kinds or found.is_empty:
        raise Bad(0, "", fault)
    if whole and not found.is_valid:
        raise Bad(0, "", fault)
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Bad(0, "", "area.degrees")
    return shapely.force_2d(found)


def _outline(cell: str) -> BaseGeometry | None:
    return shape_of(cell, kinds=AREAS, fault="area.outline")


def _row(
    *,
    row: int,
    level: str,
    code: str,
    name: str,
    parent: str,
    households: int | None,
    outline: BaseGeometry | None,
    system: str,
    valid_from: datetime | None,
) -> PlaceRow:
    """Make a row; the outline is converted by the system its row names."""
    if level == AreaLevel.STREET:
        parent = parent or str(current_tenant())
    shape = actions.to_wgs84([outline], system)[0]
    return PlaceRow(row, level, code, name, parent, households, shape, system, valid_from)


_SPEC = Spec(
    what="places",
    columns=COLUMNS,
    needed=NEEDED,
    readers={
        "level": one_of(_LEVELS),
        "code": words(24, needed=True),
        "name": words(60, needed=True),
        "parent": words(24),
        "households": count,
        OUTLINE: _outline,
        "system": one_of(SYSTEMS, default=CoordinateSystem.WGS84.value),
        "valid_from": optional_moment,
    },
    make=_row,
    key=lambda found: found.code,
    key_column="code",
    example=(
        "community", "370725001001", "示例社区", "370725001000", "1200",
        "POLYGON((118.80 36.70, 118.82 36.70, 118.82 36.72, 118.80 36.72, 118.80 36.70))",
        "wgs84", "2026-01-01",
    ),
)  # fmt: skip


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(_SPEC)


def read(content: bytes, *, now: datetime) -> Table:
    """Read a table and check it against itself and the places of the county; write nothing."""
    table = tables.read(content, _SPEC, lambda found, say: _check(found, say, now))
    table.rows.sort(key=lambda found: (ORDER[found.level], found.row))
    table.keep(Judge(now))
    table.rows.sort(key=lambda found: (ORDER[found.level], found.row))
    return table


def _check(found: PlaceRow, say: Say, now: datetime) -> None:
    if found.valid_from is not None and found.valid_from > now:
        say("valid_from", "area.future")
    if found.level == AreaLevel.COUNTY and found.code != str(current_tenant()):
        say("code", "area.county", county=current_tenant())
