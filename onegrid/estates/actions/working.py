"""Write down what is built or mended in an estate, and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from onegrid.cases.actions import Doing, Upload
from onegrid.cases.actions.files import prepare
from onegrid.common.refusals import Invalid, NotFound
from onegrid.estates.actions.locked import done_before, insert, past, short, to_change
from onegrid.estates.models import Work, WorkEvent
from onegrid.estates.terms import MAX_VALUE, WorkKind, WorkState


@dataclass(frozen=True, slots=True)
class WorkGiven:
    """How far a work has come, on which day; `photo` is a picture of it."""

    state: str
    day: date
    note: str = ""
    photo: Upload | None = None


@transaction.atomic
def add_work(*, estate_id: UUID, doing: Doing, kind: str, what: str, given: WorkGiven) -> UUID:
    """Write down a work; the same key again is the same work.

    Raises:
        NotFound, Forbidden: as `to_change`.
        Invalid, TooLarge: no words, or a kind, state, day or picture that cannot be.
    """
    estate = to_change(estate_id, doing)
    before = done_before(Work, doing, estate_id=estate.id)
    if before is not None:
        return before.id
    if kind not in WorkKind.values:
        raise Invalid("estate.choice", field="work_kind")
    text = short(what, MAX_VALUE, field="what", needed="estate.work")
    row = Work(id=doing.key, estate=estate, kind=kind, what=text, state=_state(given))
    insert(row)
    _write(row, doing, given)
    return row.id


@transaction.atomic
def move_work(*, work_id: UUID, doing: Doing, given: WorkGiven) -> UUID:
    """Write down how a work goes on; return its estate.

    Raises:
        NotFound, Forbidden: no such work, or not of the viewer's community.
        Invalid, TooLarge: as `add_work`.
    """
    row = Work.objects.filter(pk=work_id).first()
    if row is None:
        raise NotFound("estate.not_found")
    estate = to_change(row.estate_id, doing)
    if done_before(WorkEvent, doing, work_id=row.id) is None:
        row.state = _state(given)
        row.save(update_fields=["state"])
        _write(row, doing, given)
    return estate.id


def _state(given: WorkGiven) -> str:
    if given.state not in WorkState.values:
        raise Invalid("estate.choice", field="state")
    return given.state


def _write(row: Work, doing: Doing, given: WorkGiven) -> None:
    event = WorkEvent(
        id=doing.key,
        work=row,
        state=given.state,
        day=past(given.day, doing, field="work_day"),
        note=short(given.note, MAX_VALUE, field="work_note"),
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
    )
    if given.photo is not None:
        kept = prepare(given.photo)
        event.sha256, event.thumb_sha256 = kept.sha256, kept.thumb_sha256
        event.mime = kept.mime
    insert(event)
