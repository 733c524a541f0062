"""What lies inside some areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from onegrid.grids.queries.lists import BuildingRow, rows_of, valid_buildings, within


def buildings_of(*, area_ids: Iterable[UUID], on: datetime) -> tuple[BuildingRow, ...]:
    """Return the buildings of some areas at a moment, by compound and number.

    Raises:
        NotFound: there is no such area in this county.
    """
    inside = frozenset[UUID]().union(*(within(area_id=area_id) for area_id in area_ids))
    rows = rows_of(valid_buildings(on, grids=inside))
    return tuple(sorted(rows, key=lambda row: (row.compound, len(row.number), row.number)))
