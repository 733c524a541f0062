"""Buildings and households of estates: counted where they are kept, never typed twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Avg, Count, Q, Sum

from onegrid.estates.models import EstateBuilding
from onegrid.grids.queries import BuildingRow, area, within
from onegrid.grids.queries.lists import rows_of, valid_buildings


@dataclass(frozen=True, slots=True)
class Homes:
    """Sums over the buildings of an estate that stand today; the point is their middle (WGS 84)."""

    buildings: int = 0
    households: int = 0
    lon: float | None = None
    lat: float | None = None


def homes(estate_ids: Collection[UUID], *, on: datetime) -> dict[UUID, Homes]:
    """Return buildings, households and middle of estates; one without buildings is missing."""
    rows = (
        EstateBuilding.objects.filter(
            Q(building__valid_to__isnull=True) | Q(building__valid_to__gt=on),
            estate_id__in=estate_ids,
            building__valid_from__lte=on,
        )
        .values("estate_id")
        .annotate(
            n=Count("id"),
            households=Sum("building__households"),
            lon=Avg("building__lon"),
            lat=Avg("building__lat"),
        )
    )
    return {
        row["estate_id"]: Homes(row["n"], row["households"], row["lon"], row["lat"]) for row in rows
    }


def buildings_of(estate_id: UUID, *, on: datetime) -> tuple[BuildingRow, ...]:
    """Return the buildings of an estate that stand at a moment, with their grid of then."""
    ids = EstateBuilding.objects.filter(estate_id=estate_id).values("building_id")
    found = rows_of(valid_buildings(on).filter(pk__in=ids))
    return tuple(sorted(found, key=lambda row: (len(row.number), row.number, row.address)))


def free_buildings(
    community_id: UUID, *, on: datetime, besides: UUID | None = None
) -> tuple[BuildingRow, ...]:
    """Return the buildings of a community that are in no estate.

    Args:
        besides: an estate whose own buildings count as free.
    """
    used = EstateBuilding.objects.values("building_id")
    if besides is not None:
        used = used.exclude(estate_id=besides)
    grids = within(area_id=community_id)
    return rows_of(valid_buildings(on, grids=grids).exclude(pk__in=used).order_by("address", "id"))


def community_of(rows: Collection[BuildingRow]) -> UUID | None:
    """Return the community in which most households of some buildings live; None without any."""
    counts: dict[UUID, float] = {}
    for row in rows:
        parent = area(area_id=row.grid_id).parent_id
        if parent is not None:
            counts[parent] = counts.get(parent, 0.0) + row.households + 1e-6
    return max(sorted(counts), key=lambda one: counts[one], default=None)
