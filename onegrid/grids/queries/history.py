"""To which area a door or a point belonged, and from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import shapely

from onegrid.common.refusals import NotFound
from onegrid.grids.models import Building, Membership
from onegrid.grids.queries.plan import plan
from onegrid.grids.terms import AreaLevel


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a place belongs to one area; the end does not belong to it.

    Attributes:
        area_id: None while it belongs to none.
        ends: None while no end is known.
    """

    area_id: UUID | None
    begins: datetime
    ends: datetime | None

    def holds(self, on: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return self.begins <= on and (self.ends is None or on < self.ends)


def spells_of_building(*, building_id: UUID) -> tuple[Spell, ...]:
    """Return the grids of a building in the order of time, former and planned ones included.

    Raises:
        NotFound: there never was such a building.
    """
    found = Building.objects.filter(pk=building_id)
    row = found.values_list("grid_id", "valid_from", "valid_to").first()
    if row is None:
        raise NotFound("place.unknown_building", field="building")
    grid_id, begins, ends = row
    moves = Membership.objects.filter(building_id=building_id).order_by("valid_from")
    steps = [(begins, grid_id), *moves.values_list("valid_from", "grid_id")]
    return _joined(steps, ends)


def spells_at(*, lon: float, lat: float, level: str) -> tuple[Spell, ...]:
    """Return the areas of a level at a WGS 84 point (degrees) in the order of time."""
    outlines = plan().outlines[level]
    point = shapely.Point(lon, lat)
    rows = [outlines.rows[hit] for hit in outlines.tree.query(point, predicate="intersects")]
    edges = {edge for row in rows for edge in (row.valid_from, row.valid_to) if edge is not None}
    steps: list[tuple[datetime, UUID | None]] = []
    for moment in sorted(edges):
        row = outlines.at(point, moment)
        steps.append((moment, row.id if row else None))
    return _joined(steps, None)


#: from the smallest area up
LEVELS = (AreaLevel.GRID, AreaLevel.COMMUNITY, AreaLevel.STREET)


def _joined(
    steps: Sequence[tuple[datetime, UUID | None]], ends: datetime | None
) -> tuple[Spell, ...]:
    """Make spells of steps; a step to the same area goes on with the spell before."""
    if not steps:
        return ()
    kept = [step for n, step in enumerate(steps) if n == 0 or step[1] != steps[n - 1][1]]
    closes: list[datetime | None] = [moment for moment, _ in kept[1:]]
    return tuple(
        Spell(area_id, begins, close)
        for (begins, area_id), close in zip(kept, [*closes, ends], strict=True)
        if close is None or begins < close
    )
