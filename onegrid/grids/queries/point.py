"""Find the grid of a point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import shapely

from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.core import geo
from onegrid.grids.queries.plan import AreaRow, Plan, plan
from onegrid.grids.terms import AreaLevel


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lies. Outside of the planned town community and grid are unknown (None, "")."""

    county_id: UUID | None = None
    county_code: str = ""
    county_name: str = ""
    street_id: UUID | None = None
    street_code: str = ""
    street_name: str = ""
    community_id: UUID | None = None
    community_code: str = ""
    community_name: str = ""
    grid_id: UUID | None = None
    grid_code: str = ""
    grid_name: str = ""

    @property
    def label(self) -> str:
        """Name the place from the street down; grid names begin with their community's."""
        inner = self.grid_name
        if not inner.startswith(self.community_name):
            inner = self.community_name + inner
        return f"{self.street_name}{inner or self.community_name}" or self.county_name


def _place(found: Plan, row: AreaRow) -> Place:
    """Return the place of the lowest known area, made once per area and plan."""
    kept = found.places.get(row.id)
    if kept is None:
        values: dict[str, object] = {}
        for level, area in found.parents(row).items():
            values[f"{level}_id"] = area.id
            values[f"{level}_code"] = area.code
            values[f"{level}_name"] = area.name
        kept = found.places[row.id] = Place(**values)  # type: ignore[arg-type]
    return kept


def _plan_of(tenant_id: int) -> Plan:
    if tenant_id != current_tenant():
        raise ValueError(f"asked for county {tenant_id} in a transaction of another one")
    return plan()


def bounds(*, level: str, on: datetime) -> geo.Bounds | None:
    """Return the box (WGS 84 degrees) around all outlines of a level; None without any."""
    found = plan().outlines[level]
    shown = [shape for row, shape in zip(found.rows, found.shapes, strict=True) if row.valid(on)]
    return geo.Bounds(*map(float, shapely.total_bounds(shown))) if shown else None


def place_of_area(*, area_id: UUID, on: datetime) -> Place:
    """Return the place of an area chosen from a list; it may have no outline.

    Raises:
        NotFound: there is no such area at this moment, or it is the whole county.
    """
    found = plan()
    row = found.by_id.get(area_id)
    if row is None or not row.valid(on) or row.level == AreaLevel.COUNTY:
        raise NotFound("place.unknown_area", field="area")
    return _place(found, row)


def grid_at(*, tenant_id: int, lon: float, lat: float, on: datetime) -> Place | None:
    """Find the grid at a WGS 84 point (degrees) at a moment.

    Returns:
        None when no grid lies there.
    """
    found = _plan_of(tenant_id)
    row = found.outlines[AreaLevel.GRID].at(shapely.Point(lon, lat), on)
    return None if row is None else _place(found, row)


def place_of(*, tenant_id: int, lon: float, lat: float, on: datetime) -> Place:
    """Find the lowest known area at a WGS 84 point (degrees) at a moment.

    Raises:
        Conflict: ``place.no_plan``, the county has no outline yet.
        Invalid: ``place.outside_county`` and the other codes of `core.geo.diagnose`;
            ``place.not_outlined`` where the outline of the county is not known.
    """
    found = _plan_of(tenant_id)
    if found.bounds is None:
        raise Conflict("place.no_plan", field="place")
    outside = "place.outside_county"
    if not len(found.outlines[AreaLevel.COUNTY].rows):
        outside = "place.not_outlined"
    code = geo.diagnose(lon, lat, found.bounds)
    if code == "place.outside_county":
        raise Invalid(outside, field="place")
    if code is not None:
        system = code.removeprefix("place.looks_like_").upper()
        raise Invalid(code, field="place", system=system)
    point = shapely.Point(lon, lat)
    for level in reversed(AreaLevel.values):
        row = found.outlines[level].at(point, on)
        if row is not None:
            return _place(found, row)
    raise Invalid(outside, field="place")
