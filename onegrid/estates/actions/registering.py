"""Put an estate on the register, correct its entry, take it off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.estates import path, standing
from onegrid.estates.actions.locked import (
    done_before,
    in_charge,
    insert,
    long,
    past,
    short,
    to_change,
    today,
)
from onegrid.estates.models import Estate, EstateBatch, EstateBuilding, Statement, Step
from onegrid.estates.queries.homes import free_buildings
from onegrid.estates.terms import (
    COMMITTEE,
    MAX_ADDRESS,
    MAX_NAME,
    MAX_VALUE,
    OLDEST_YEAR,
    SERVED,
    About,
    Deed,
    PathStage,
    ServiceKind,
)


@dataclass(frozen=True, slots=True)
class EstateGiven:
    """An entry of the register as it is typed.

    Attributes:
        building_ids: buildings of the community; their households are counted, not typed.
        said: what is known, by what it is about; the kind of service is needed.
        since: since when the kind of service has been so.
        source: who said so.
        stage: where it stands already; the day is that of the stage.
        due_on: of the next step; None: the usual time.
    """

    name: str
    community_id: UUID
    building_ids: Collection[UUID]
    said: Mapping[str, str]
    source: str
    address: str = ""
    year_built: int | None = None
    since: date | None = None
    stage: str = PathStage.FOUND
    day: date | None = None
    due_on: date | None = None
    person_id: UUID | None = None
    note: str = ""


@transaction.atomic
def register(*, doing: Doing, given: EstateGiven, batch: EstateBatch | None = None) -> UUID:
    """Put an estate on the register; the same key again is the same estate.

    Raises:
        Forbidden: the viewer keeps the register of another community.
        Invalid, TooLarge: a word, year, day, kind, stage, person or building that cannot be.
        Conflict: the community has an estate of this name, or a building is in another estate.
    """
    if not standing.may_edit(doing.viewer, given.community_id):
        raise Forbidden("estate.only_community")
    before = done_before(Estate, doing)
    if before is not None:
        return before.id
    row = _entry(given, doing)
    row.batch = batch
    _check_name(row)
    insert(row)
    _hold(row, given.building_ids, doing)
    source = short(given.source, MAX_VALUE, field="source", needed="estate.source")
    for about, value in given.said.items():
        since = given.since if about == About.KIND else None
        insert(statement(row, doing, About(about), value, since=since, source=source))
    Step.objects.create(
        estate_id=row.id,
        deed=Deed.REGISTER,
        stage=row.stage,
        day=row.stage_on,
        due_on=row.due_on,
        person_id=row.person_id,
        person_name=row.person_name,
        note=long(given.note, field="note"),
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
    )
    return row.id


def _entry(given: EstateGiven, doing: Doing) -> Estate:
    """Return the row of a new estate, checked."""
    kind, stage = given.said.get(About.KIND, ""), given.stage
    if kind not in ServiceKind.values:
        raise Invalid("estate.kind", field="kind")
    if stage not in PathStage.values or (stage in SERVED and kind == ServiceKind.NONE):
        raise Invalid("estate.stage", field="stage")
    day = past(given.day or today(doing), doing, field="day")
    due = given.due_on or path.usual_due(stage, max(day, today(doing)))
    if due is not None and due <= day:
        raise Invalid("estate.due", field="due")
    person_id, person_name = in_charge(given.person_id, given.community_id, doing)
    return Estate(
        id=doing.key,
        name=short(given.name, MAX_NAME, field="name", needed="estate.name"),
        community_id=given.community_id,
        address=short(given.address, MAX_ADDRESS, field="address"),
        year_built=_year(given.year_built, doing),
        kind=kind,
        stage=stage,
        stage_on=day,
        due_on=None if path.after(stage) is None else due,
        person_id=person_id,
        person_name=person_name,
        registered_at=doing.now,
    )


def _year(year: int | None, doing: Doing) -> int | None:
    if year is not None and not OLDEST_YEAR <= year <= today(doing).year:
        raise Invalid("estate.year", field="year", oldest=OLDEST_YEAR)
    return year


def _check_name(row: Estate) -> None:
    same = Estate.objects.filter(
        community_id=row.community_id, name=row.name, removed_at__isnull=True
    )
    if same.exclude(pk=row.pk).exists():
        raise Conflict("estate.twice", field="name", name=row.name)


def _hold(row: Estate, building_ids: Collection[UUID], doing: Doing) -> None:
    """Let an estate have these buildings and no others."""
    wanted = set(building_ids)
    if not wanted:
        raise Invalid("estate.no_building", field="buildings")
    own = set(EstateBuilding.objects.filter(estate=row).values_list("building_id", flat=True))
    free = {one.id for one in free_buildings(row.community_id, on=doing.now, besides=row.id)}
    if not wanted <= free | own:
        raise Conflict("estate.building_taken", field="buildings")
    EstateBuilding.objects.filter(estate=row).exclude(building_id__in=wanted).delete()
    new = [EstateBuilding(estate=row, building_id=one) for one in sorted(wanted - own)]
    try:
        with transaction.atomic():
            EstateBuilding.objects.bulk_create(new)
    except IntegrityError as error:
        if "estatebuilding_one_uq" not in str(error):
            raise
        raise Conflict("estate.building_taken", field="buildings") from error


def statement(
    row: Estate, doing: Doing, about: About, value: str, *, since: date | None, source: str
) -> Statement:
    """Return a statement, checked, not written yet.

    Raises:
        Invalid, TooLarge: a value or day that cannot be, or nobody said so.
    """
    known = {About.KIND: ServiceKind.values, About.COMMITTEE: list(COMMITTEE)}.get(about)
    if known is not None and value not in known:
        raise Invalid("estate.kind" if about is About.KIND else "estate.choice", field="value")
    if since is not None:
        past(since, doing, field="since")
    return Statement(
        estate=row,
        about=about,
        value=short(value, MAX_VALUE, field="value", needed="estate.value"),
        since=since,
        source=short(source, MAX_VALUE, field="source", needed="estate.source"),
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
    )


@transaction.atomic
def correct(
    *,
    estate_id: UUID,
    doing: Doing,
    name: str,
    address: str,
    year_built: int | None,
    building_ids: Collection[UUID],
) -> None:
    """Correct the entry of the register; what it said before stays in the history.

    Raises:
        NotFound, Forbidden: as `to_change`.
        Invalid, TooLarge, Conflict: as `register`.
    """
    row = to_change(estate_id, doing)
    if done_before(Step, doing, estate_id=row.id) is not None:
        return
    new = {
        "name": short(name, MAX_NAME, field="name", needed="estate.name"),
        "address": short(address, MAX_ADDRESS, field="address"),
        "year_built": _year(year_built, doing),
    }
    changes = {
        key: [getattr(row, key), now] for key, now in new.items() if getattr(row, key) != now
    }
    for key, value in new.items():
        setattr(row, key, value)
    _check_name(row)
    there = EstateBuilding.objects.filter(estate=row)
    before = set(there.values_list("building_id", flat=True))
    _hold(row, building_ids, doing)
    if before != set(building_ids):
        changes["buildings"] = [len(before), len(set(building_ids))]
    if changes:
        row.save(update_fields=list(new))
        _note(row, doing, Deed.CHANGE, changes=changes)


@transaction.atomic
def remove(*, estate_id: UUID, doing: Doing, reason: str) -> None:
    """Take an estate off the register that should not be on it; its history stays.

    Raises:
        NotFound, Forbidden: as `to_change`.
        Invalid: it must say why.
    """
    if done_before(Step, doing, estate_id=estate_id) is not None:
        return
    row = to_change(estate_id, doing)
    why = long(reason, field="reason")
    if not why:
        raise Invalid("estate.reason", field="reason")
    take_off(row, doing, why)


def take_off(row: Estate, doing: Doing, reason: str) -> None:
    """Take a locked estate off and let its buildings go."""
    EstateBuilding.objects.filter(estate=row).delete()
    row.removed_at = doing.now
    row.save(update_fields=["removed_at"])
    _note(row, doing, Deed.REMOVE, reason=reason)


def _note(row: Estate, doing: Doing, deed: Deed, **more: object) -> None:
    insert(
        Step(
            id=doing.key,
            estate=row,
            deed=deed,
            before=row.stage,
            stage=row.stage,
            day=today(doing),
            due_on=row.due_on,
            person_id=row.person_id,
            person_name=row.person_name,
            at=doing.now,
            by_id=doing.viewer.user_id,
            by_name=doing.viewer.name,
            **more,
        )
    )
