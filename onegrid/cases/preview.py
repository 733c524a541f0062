"""What a request will become, before it is saved: category, class, promised time, like cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, clocks, reference, standing
from onegrid.cases.actions.opening import locate
from onegrid.cases.models import Case
from onegrid.cases.queries.by_phone import found_by_phone
from onegrid.cases.queries.public import suggestions
from onegrid.cases.queries.similar import found_like
from onegrid.cases.request import Place, Request, numbers_only
from onegrid.cases.terms import CaseClass
from onegrid.common.refusals import Refusal
from onegrid.core import triage
from onegrid.core.clock import Event
from onegrid.core.flow import Action, State
from onegrid.core.similar import Likeness


@dataclass(frozen=True, slots=True)
class Suggested:
    """A category that words of the text speak for."""

    code: str
    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """An open case that may be about the same matter."""

    number: str
    title: str
    state: str
    address: str
    opened_at: datetime
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Preview:
    """What a request will become.

    Attributes:
        due_at: until when it is promised if a unit gets it at once; None without a promise.
        basis: rule of that promise.
        danger: words that may mean danger to life.
        place: where it lies, from the street down; empty while that is not known.
    """

    suggested: tuple[Suggested, ...]
    category: str
    case_class: str
    due_at: datetime | None
    basis: str
    danger: tuple[str, ...]
    place: str
    alike: tuple[AlikeRow, ...]


def preview(viewer: Viewer, *, request: Request, now: datetime) -> Preview:
    """Return what a request will become; only looks are written, and gaps in it are no error."""
    category = reference.category_by_code(request.category_code) if request.category_code else None
    case = Case(
        state=State.REGISTERED,
        channel=request.channel,
        kind=request.kind,
        text=request.text,
        category_id=category.id if category else None,
        case_class=category.default_class if category else CaseClass.GENERAL,
        safety=bool(triage.safety_words(request.text)),
        confidential=request.confidential,
        opened_at=now,
    )
    place = _place(case, request.place, now)
    due_at, basis = _promise(case, now)
    return Preview(
        suggested=_suggested(viewer, request.text),
        category=category.label(viewer.language) if category else "",
        case_class=case.case_class,
        due_at=due_at,
        basis=basis,
        danger=tuple(hit.word for hit in triage.safety_words(request.text)),
        place=place,
        alike=_alike(viewer, case, request, now),
    )


def _suggested(viewer: Viewer, text: str) -> tuple[Suggested, ...]:
    found = ((one, reference.category_by_code(one.category)) for one in suggestions(text))
    return tuple(
        Suggested(one.category, row.label(viewer.language), one.words)
        for one, row in found
        if row is not None
    )


def _place(case: Case, place: Place, now: datetime) -> str:
    """Set the place of the case as opening it would, and name it; empty while it is not known."""
    try:
        locate(case, place, now=now)
    except Refusal:
        return ""
    return case.address


def _promise(case: Case, now: datetime) -> tuple[datetime | None, str]:
    """Return the promised time of a case that is handed out at once."""
    events = [
        Event(now, Action.OPEN, State.REGISTERED),
        Event(now, Action.DISPATCH, State.DISPATCHED),
    ]
    kind = clocks.promised_clock(case)
    for item in clocks.readings(case, events, now=now):
        if item.reading.kind is kind:
            return item.reading.due, item.policy.basis
    return None, ""


def _alike(viewer: Viewer, case: Case, request: Request, now: datetime) -> tuple[AlikeRow, ...]:
    """Return open cases of the viewer's scope that are like it; private matters have none."""
    if alike.private(kind=request.kind, confidential=request.confidential) or not request.text:
        return ()
    wanted = alike.matter(
        category=alike.category_of(case.category_id, request.text),
        text=request.text,
        at=now,
        lon=case.lon,
        lat=case.lat,
        building_id=case.building_id,
        reporters=alike.reporters_of(None, numbers_only(request.reporter.phone)),
    )
    found = {one.case.id: one.likeness for one in found_like(wanted, now=now)}
    rows: dict[UUID, Case] = Case.objects.in_bulk(list(found))
    here = [
        (row, likeness)
        for pk, likeness in found.items()
        if (row := rows.get(pk)) is not None
        and any(standing.covers(grant, row) for grant in viewer.grants)
    ]
    again = found_by_phone(
        viewer, wanted, phone=request.reporter.phone, now=now, leave_out=found.keys()
    )
    both = [*here, *((one.case, one.likeness) for one in again)]
    return tuple(
        AlikeRow(row.number, row.title, row.state, row.address, row.opened_at, likeness)
        for row, likeness in both
    )
