"""Bring units of a table in, and take a batch back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext_lazy as _

from onegrid.accounts.queries.admin import granted
from onegrid.common import tables
from onegrid.common.refusal_texts import register
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Bad, Outcome, Say, Spec, batch_name
from onegrid.common.tables.cells import one_of, words
from onegrid.grids.queries import areas
from onegrid.grids.terms import AreaLevel
from onegrid.organisation import actions, queries
from onegrid.organisation.models import DutyCalendar, Unit, UnitBatch
from onegrid.organisation.terms import UnitKind

BATCHES = "units/"

#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": ("代码", "编码"),
        "name": ("名称", "单位名称"),
        "kind": ("类型", "单位类型"),
        "area": ("所辖区域", "区域代码"),
        "phone": ("电话", "联系电话"),
        "calendar": ("值守日历", "值守时间"),
    }
)
NEEDED = ("code", "name", "kind")
_FIELDS = ("kind", "name", "phone", "area_id", "calendar_id")
_KINDS = {
    **{kind: str(kind) for kind in UnitKind.values},
    "部门": UnitKind.DEPARTMENT.value,
    "街道办事处": UnitKind.STREET_OFFICE.value,
    "镇政府": UnitKind.STREET_OFFICE.value,
    "社区": UnitKind.COMMUNITY.value,
    "党委": UnitKind.PARTY_COMMITTEE.value,
    "居民委员会": UnitKind.RESIDENTS_COMMITTEE.value,
    "业主委员会": UnitKind.OWNERS_COMMITTEE.value,
    "物业公司": UnitKind.PROPERTY_FIRM.value,
    "社会组织": UnitKind.SOCIAL_ORGANISATION.value,
}
#: Units that answer for an area must name one of this level.
_LEVEL = {
    UnitKind.STREET_OFFICE.value: AreaLevel.STREET.value,
    UnitKind.COMMUNITY.value: AreaLevel.COMMUNITY.value,
}
_PHONE = re.compile(r"\+?[0-9][0-9 -]{2,18}")

register(
    {
        "unit.phone": _("“%(value)s” is not a phone number. Write it like 0536-6220000."),
        "unit.area": _(
            "There is no area with the code “%(value)s”. “onegrid import places” brings areas in."
        ),
        "unit.level": _(
            "A unit of this kind answers for an area of the level “%(level)s”. Write its code."
        ),
        "unit.calendar": _("There is no duty calendar “%(value)s”. Write one of: %(known)s."),
        "unit.batch_used": _(
            "This batch cannot be taken back: %(name)s has cases, categories or roles already."
        ),
        "unit.batch_older": _("Take the later batch “%(name)s” back first."),
    }
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A good row; `read` fills in the ids."""

    row: int
    code: str
    name: str
    kind: str
    area: str
    phone: str
    calendar: str
    area_id: UUID | None = None
    calendar_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    batch: str
    count: int
    at: datetime


Table = tables.Table[UnitRow]


def _phone(cell: str) -> str:
    if cell and not _PHONE.fullmatch(cell):
        raise Bad(0, "", "unit.phone", value=cell[:20])
    return cell


_SPEC = Spec(
    what="units",
    columns=COLUMNS,
    needed=NEEDED,
    readers={
        "code": words(40, needed=True),
        "name": words(60, needed=True),
        "kind": one_of(_KINDS),
        "area": words(24),
        "phone": _phone,
        "calendar": words(60),
    },
    make=UnitRow,
    key=lambda found: found.code,
    key_column="code",
    example=("water_bureau", "县水利局", "department", "", "0536-0000209", "office"),
)


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(_SPEC)


def read(content: bytes, *, now: datetime) -> Table:
    """Read a table and check it against the places and calendars of the county; write nothing."""
    places = {row.code: row for row in areas(on=now)}
    known = list(DutyCalendar.objects.order_by("code").values_list("code", "name", "id"))
    calendars = {name: pk for code, label, pk in known for name in (code, label)}

    def check(found: UnitRow, say: Say) -> None:
        area, level = places.get(found.area), _LEVEL.get(found.kind)
        if found.area and area is None:
            say("area", "unit.area", value=found.area)
        elif level and (area is None or area.level != level):
            say("area", "unit.level", level=AreaLevel(level).label)
        if found.calendar and found.calendar not in calendars:
            listed = ", ".join(code for code, _label, _pk in known)
            say("calendar", "unit.calendar", value=found.calendar, known=listed)

    table = tables.read(content, _SPEC, check)
    table.rows = [
        replace(
            row,
            area_id=places[row.area].id if row.area else None,
            calendar_id=calendars[row.calendar] if row.calendar else None,
        )
        for row in table.rows
    ]
    return table


@transaction.atomic
def bring_in(rows: Sequence[UnitRow], *, name: str, now: datetime) -> Outcome:
    """Add new units and change those whose code is known, all or nothing.

    An empty cell of a known unit leaves phone, area and calendar as they are. The same name again
    goes on with the same batch.

    Raises:
        Invalid: the name of the batch cannot be used.
    """
    batch = batch_name(name)
    there = {unit.code: unit for unit in Unit.objects.all()}
    position = (Unit.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    added: list[UUID] = []
    before: dict[str, dict[str, str | None]] = {}
    for row in rows:
        unit = there.get(row.code)
        if unit is None:
            added.append(_set(row, unit, position + len(added)))
        elif _differs(row, unit):
            before[str(unit.id)] = {
                field: None if (value := getattr(unit, field)) is None else str(value)
                for field in _FIELDS
            }
            if _values(row, unit)["area_id"] != unit.area_id:
                actions.keep_areas(units=[unit], until=now)
            _set(row, unit, unit.position)
    if added or before:
        kept, _made = UnitBatch.objects.get_or_create(
            name=batch, undone_at=None, defaults={"at": now}
        )
        kept.added = [*kept.added, *added]
        kept.before = {**before, **kept.before}
        kept.save(update_fields=["added", "before"])
    return Outcome(BATCHES + batch, len(added), len(before), len(rows) - len(added) - len(before))


def _values(row: UnitRow, unit: Unit | None) -> dict[str, object]:
    """Return what the unit shall be like."""
    if unit is None:
        return {field: getattr(row, field) for field in _FIELDS}
    return {field: getattr(row, field) or getattr(unit, field) for field in _FIELDS}


def _differs(row: UnitRow, unit: Unit) -> bool:
    return any(getattr(unit, field) != value for field, value in _values(row, unit).items())


def _set(row: UnitRow, unit: Unit | None, position: int) -> UUID:
    return actions.add_unit(code=row.code, position=position, **_values(row, unit))  # type: ignore[arg-type]


def batches() -> list[BatchRow]:
    """Return the batches that were not taken back, oldest first."""
    found = UnitBatch.objects.filter(undone_at__isnull=True).order_by("at")
    return [BatchRow(BATCHES + row.name, len(row.added) + len(row.before), row.at) for row in found]


@transaction.atomic
def undo(name: str, *, now: datetime) -> int:
    """Take the newest batch back; return how many units were removed or are as before.

    Raises:
        NotFound: there is no such batch.
        Conflict: a later batch stands, or one of its new units is used.
    """
    standing = UnitBatch.objects.select_for_update().filter(undone_at=None).order_by("-at", "-id")
    found = list(standing)
    batch = next((row for row in found if row.name == name), None)
    if batch is None:
        raise NotFound("batch.unknown", name=name)
    if found[0] != batch:
        raise Conflict("unit.batch_older", name=found[0].name)
    used = Unit.objects.filter(id__in=granted(unit_ids=batch.added)).first()
    if used is not None:
        raise Conflict("unit.batch_used", name=used.name)
    for unit in Unit.objects.filter(id__in=batch.added):
        try:
            unit.delete()
        except ProtectedError as error:
            raise Conflict("unit.batch_used", name=unit.name) from error
    for unit in Unit.objects.filter(id__in=batch.before):
        values = batch.before[str(unit.id)]
        if values["area_id"] != (None if unit.area_id is None else str(unit.area_id)):
            actions.keep_areas(units=[unit], until=now)
        Unit.objects.filter(pk=unit.pk).update(**values)
    UnitBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    queries.clear()
    return len(batch.added) + len(batch.before)
