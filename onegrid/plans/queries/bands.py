"""Bands of size, and who is out of them (S3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.grids.queries import AreaRow, area
from onegrid.grids.queries.inside import households_by_grid
from onegrid.plans.models import SizeBand
from onegrid.plans.terms import USUAL_BAND


@dataclass(frozen=True, slots=True)
class Offender:
    """A community or grid with fewer or more households than the band allows.

    Attributes:
        by: how many it has too many; negative when it has too few.
    """

    id: UUID
    level: str
    code: str
    name: str
    above_name: str
    households: int
    least: int
    most: int
    by: int


def bands() -> dict[str, tuple[int, int]]:
    """Return least and most households by level, as set by the county or as usual."""
    found = {str(level): band for level, band in USUAL_BAND.items()}
    for level, least, most in SizeBand.objects.values_list("level", "least", "most"):
        found[level] = (least, most)
    return found


def out_of_band(*, on: datetime) -> tuple[Offender, ...]:
    """Return the communities and grids of which the households are out of their band, worst first.

    Households are counted from the buildings; areas without any building are no offenders.
    """
    counted = households_by_grid(on=on)
    for grid_id, households in list(counted.items()):
        above = area(area_id=grid_id).parent_id
        if above is not None:
            counted[above] = counted.get(above, 0) + households
    limits = bands()
    found = [_judged(area(area_id=one), counted[one], limits) for one in counted]
    rows = [one for one in found if one is not None]
    return tuple(sorted(rows, key=lambda one: (one.level, -abs(one.by), one.code)))


def _judged(row: AreaRow, households: int, limits: dict[str, tuple[int, int]]) -> Offender | None:
    if row.level not in limits:
        return None
    least, most = limits[row.level]
    by = max(households - most, 0) - max(least - households, 0)
    above = area(area_id=row.parent_id).name if row.parent_id else ""
    found = Offender(row.id, row.level, row.code, row.name, above, households, least, most, by)
    return found if by else None
