"""What lies inside some areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from onegrid.grids.queries.lists import BuildingRow, valid_buildings, within


def buildings_of(*, area_ids: Iterable[UUID], on: datetime) -> tuple[BuildingRow, ...]:
    """Return the buildings of some areas at a moment, by compound and number.

    Raises:
        NotFound: there is no such area in this county.
    """
    inside = frozenset[UUID]().union(*(within(area_id=area_id) for area_id in area_ids))
    found = valid_buildings(on).filter(grid_id__in=inside)
    rows = [BuildingRow(*row) for row in found.values_list(*BuildingRow.__slots__)]
    return tuple(sorted(rows, key=lambda row: (row.compound, len(row.number), row.number)))
