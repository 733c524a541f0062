"""Lists of areas and buildings, and the chooser that is as good as the map."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from onegrid.common.refusals import NotFound
from onegrid.grids.models import Building, Membership
from onegrid.grids.queries.plan import AreaRow, plan
from onegrid.grids.terms import AreaLevel

_LIMIT = 60
_SEARCH_MAX = 40


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A building with a point inside it (WGS 84 degrees)."""

    id: UUID
    grid_id: UUID
    compound: str
    number: str
    address: str
    use: str
    floors: int
    units: int
    households: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the address list.

    Attributes:
        kind: street, community, compound or building.
        area_id: the area to look into next (of a compound: its community); of a building its grid.
        compound: to be passed on when a compound was chosen.
        building_id: set when the choice is final.
        count: how many lines the next step has; 0 when there is none.
    """

    kind: str
    label: str
    area_id: UUID
    compound: str = ""
    building_id: UUID | None = None
    count: int = 0


def valid_buildings(on: datetime, *, grids: Collection[UUID] | None = None) -> QuerySet[Building]:
    """Return the buildings that exist at a moment, with their grid at that moment as `grid_on`.

    Args:
        grids: only the buildings of these.
    """
    there = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    found = in_grids(Building.objects.filter(there, valid_from__lte=on), on)
    if grids is None:
        return found
    came = Membership.objects.filter(grid_id__in=grids, valid_from__lte=on)
    maybe = Q(grid_id__in=grids) | Q(pk__in=came.values("building_id"))
    return found.filter(maybe, grid_on__in=grids)


def in_grids(found: QuerySet[Building], on: datetime) -> QuerySet[Any]:
    """Return buildings with their grid at a moment as `grid_on`."""
    latest = (
        Membership.objects.filter(building_id=OuterRef("pk"), valid_from__lte=on)
        .order_by("-valid_from")
        .values("grid_id")[:1]
    )
    return found.annotate(
        grid_on=Coalesce(Subquery(latest), F("grid_id"), output_field=UUIDField())
    )


def rows_of(found: QuerySet[Building]) -> tuple[BuildingRow, ...]:
    """Return what `valid_buildings` found as plain rows."""
    names = ("grid_on" if name == "grid_id" else name for name in BuildingRow.__slots__)
    return tuple(BuildingRow(*row) for row in found.values_list(*names))


def areas(
    *, level: str | None = None, parent_id: UUID | None = None, on: datetime
) -> tuple[AreaRow, ...]:
    """Return the areas of a level or under a parent at a moment, by code."""
    return tuple(
        row
        for row in plan().rows
        if row.valid(on)
        and (level is None or row.level == level)
        and (parent_id is None or row.parent_id == parent_id)
    )


def area(*, area_id: UUID) -> AreaRow:
    """Return one area, also a former one.

    Raises:
        NotFound: there is no such area in this county.
    """
    row = plan().by_id.get(area_id)
    if row is None:
        raise NotFound("place.unknown_area")
    return row


def area_names() -> dict[UUID, str]:
    """Return the names of all areas, former ones included."""
    return plan().names


def within(*, area_id: UUID) -> frozenset[UUID]:
    """Return an area and all areas below it, former ones included: the scope of a role."""
    path = area(area_id=area_id).path
    return frozenset(
        row.id for row in plan().rows if row.path == path or row.path.startswith(f"{path}/")
    )


def building(*, building_id: UUID, on: datetime) -> BuildingRow:
    """Return one building that exists at a moment.

    Raises:
        NotFound: there is none.
    """
    found = rows_of(valid_buildings(on).filter(pk=building_id))
    if not found:
        raise NotFound("place.unknown_building", field="building")
    return found[0]


def buildings(*, area_id: UUID, on: datetime) -> tuple[BuildingRow, ...]:
    """Return the buildings within an area at a moment, by address."""
    found = valid_buildings(on, grids=within(area_id=area_id))
    return rows_of(found.order_by("address", "id"))


def address_list(
    *, on: datetime, area_id: UUID | None = None, compound: str = "", search: str = ""
) -> tuple[Choice, ...]:
    """Return the next step of choosing an address: street, community, compound, building.

    Args:
        area_id: a street or a community that was chosen; None for the first step.
        compound: a compound that was chosen in the community `area_id`.
        search: words of an address; when given, matching areas, compounds and buildings are
            returned from all of the county (or of `area_id`), at most 60.

    Raises:
        NotFound: there is no such area.
    """
    words = search.strip()[:_SEARCH_MAX]
    if words:
        return _search(words, area_id, on)
    if area_id is None:
        return _area_choices(areas(level=AreaLevel.STREET, on=on), on)
    chosen = area(area_id=area_id)
    if chosen.level in {AreaLevel.COUNTY, AreaLevel.STREET}:
        return _area_choices(areas(parent_id=area_id, on=on), on)
    found = valid_buildings(on, grids=within(area_id=area_id))
    if not compound:
        return _compounds(found, area_id)
    rows = rows_of(found.filter(compound=compound))
    return _building_choices(sorted(rows, key=lambda row: (len(row.number), row.number)))


def _area_choices(rows: tuple[AreaRow, ...], on: datetime) -> tuple[Choice, ...]:
    below: dict[UUID, int] = {}
    for row in plan().rows:
        if row.parent_id is not None and row.valid(on):
            below[row.parent_id] = below.get(row.parent_id, 0) + 1
    return tuple(Choice(row.level, row.name, row.id, count=below.get(row.id, 0)) for row in rows)


def _compounds(found: QuerySet[Building], community_id: UUID) -> tuple[Choice, ...]:
    counted = found.values_list("compound").annotate(n=Count("id")).order_by("compound")
    return tuple(Choice("compound", name, community_id, name, count=n) for name, n in counted)


def _building_choices(rows: list[BuildingRow]) -> tuple[Choice, ...]:
    return tuple(Choice("building", row.address, row.grid_id, row.compound, row.id) for row in rows)


def _search(words: str, area_id: UUID | None, on: datetime) -> tuple[Choice, ...]:
    """Search areas by name, then compounds, then buildings; every word must occur."""
    scope = None if area_id is None else within(area_id=area_id)
    parts = words.split()
    named = tuple(
        row
        for row in plan().rows
        if row.level in {AreaLevel.STREET, AreaLevel.COMMUNITY}
        and row.valid(on)
        and (scope is None or row.id in scope)
        and all(part in row.name for part in parts)
    )
    found = valid_buildings(on, grids=scope)
    for part in parts:
        found = found.filter(address__icontains=part)
    rows = rows_of(found.order_by("compound", "number")[:_LIMIT])
    return (*_area_choices(named, on), *_building_choices(list(rows)))[:_LIMIT]
