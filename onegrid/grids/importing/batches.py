"""Write the good rows of a table of places; list batches; take one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import shapely
from django.db import transaction
from django.db.models import ProtectedError

from onegrid.accounts.queries import county_name
from onegrid.accounts.queries.admin import granted
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Outcome, batch_name
from onegrid.common.tenancy.context import current_tenant
from onegrid.grids import actions
from onegrid.grids.importing.rows import ORDER, PlaceRow
from onegrid.grids.models import Area, PlaceBatch
from onegrid.grids.queries.plan import AreaRow, plan
from onegrid.grids.terms import AreaLevel, CoordinateSystem

BATCHES = "places/"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    batch: str
    count: int
    at: datetime

    @property
    def name(self) -> str:
        """Return the batch without its kind."""
        return self.batch.partition("/")[2]


@transaction.atomic
def bring_in(rows: Sequence[PlaceRow], *, name: str, now: datetime) -> Outcome:
    """Write the areas that are not there yet and the outlines that were missing, all or nothing.

    The same name again goes on with the same batch. The county itself is made where it is missing.

    Raises:
        Invalid: the name of the batch cannot be used.
    """
    batch = batch_name(name)
    there = {row.code: row for row in plan().rows if row.valid(now)}
    new = [row for row in rows if row.code not in there]
    county = str(current_tenant())
    if new and county not in there and not any(row.code == county for row in new):
        new.insert(0, _county(county, min(row.valid_from or now for row in new)))
    made = _write(new, there, now)
    outlined = _outline_missing(rows, there)
    if made or outlined:
        kept, _new = PlaceBatch.objects.get_or_create(
            name=batch, undone_at=None, defaults={"at": now}
        )
        kept.added = [*kept.added, *(area.id for area in made)]
        kept.outlined = [*kept.outlined, *outlined]
        kept.save(update_fields=["added", "outlined"])
        actions.bump_plan(now=now)
    known = sum(row.code in there for row in rows) - len(outlined)
    return Outcome(BATCHES + batch, len(made), len(outlined), known)


def _county(code: str, since: datetime) -> PlaceRow:
    system = CoordinateSystem.WGS84.value
    return PlaceRow(0, AreaLevel.COUNTY.value, code, county_name(), "", None, None, system, since)


def _write(rows: Sequence[PlaceRow], there: Mapping[str, AreaRow], now: datetime) -> list[Area]:
    above: dict[str, AreaRow | Area] = dict(there)
    made: list[Area] = []
    for row in sorted(rows, key=lambda row: ORDER[row.level]):
        area = actions.new_area(
            row.given(),
            parent=above.get(row.parent),
            shape=row.outline,
            system=row.system,
            since=row.valid_from or now,
        )
        above[row.code] = area
        made.append(area)
    Area.objects.bulk_create(made, batch_size=500)
    return made


def _outline_missing(rows: Sequence[PlaceRow], there: Mapping[str, AreaRow]) -> list[UUID]:
    """Give areas that have none their outline; return which ones."""
    given = {
        there[row.code].id: row for row in rows if row.code in there and row.outline is not None
    }
    found = list(Area.objects.filter(id__in=given, geom__isnull=True))
    for area in found:
        row = given[area.id]
        area.geom, area.input_system = shapely.to_wkb(row.outline), row.system
    Area.objects.bulk_update(found, ["geom", "input_system"], batch_size=500)
    return [area.id for area in found]


def batches() -> list[BatchRow]:
    """Return the batches that were not taken back, oldest first."""
    found = PlaceBatch.objects.filter(undone_at__isnull=True).order_by("at")
    return [
        BatchRow(BATCHES + row.name, len(row.added) + len(row.outlined), row.at) for row in found
    ]


@transaction.atomic
def undo(name: str, *, now: datetime) -> int:
    """Take a batch back that nothing uses yet; return how many areas were removed or changed.

    Raises:
        NotFound: there is no such batch.
        Conflict: other areas, buildings, units, cases or roles use its areas.
    """
    batch = PlaceBatch.objects.select_for_update().filter(name=name, undone_at=None).first()
    if batch is None:
        raise NotFound("batch.unknown", name=name)
    areas = Area.objects.filter(id__in=batch.added)
    used = areas.filter(id__in=granted(area_ids=batch.added)).first()
    if used is not None:
        raise Conflict("area.batch_used", name=used.name)
    try:
        with transaction.atomic():
            for level in reversed(AreaLevel.values):
                areas.filter(level=level).delete()
    except ProtectedError as error:
        raise Conflict("area.batch_used", name=_protected(error, batch.added)) from error
    Area.objects.filter(id__in=batch.outlined).update(geom=None)
    PlaceBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    actions.bump_plan(now=now)
    return len(batch.added) + len(batch.outlined)


def _protected(error: ProtectedError, added: Sequence[UUID]) -> str:
    """Name one of the areas that something refers to."""
    user = next(iter(error.protected_objects))
    refers = [getattr(user, one.attname) for one in user._meta.concrete_fields if one.is_relation]
    found = Area.objects.filter(id__in=[pk for pk in added if pk in refers]).first()
    return found.name if found is not None else str(user)
