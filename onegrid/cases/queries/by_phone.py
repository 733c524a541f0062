"""Open cases of a caller who is known by a phone number alone, for whoever may know the caller."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.audit.actions import record_look
from onegrid.cases import alike, standing
from onegrid.cases.models import Case, Contact
from onegrid.cases.queries.callers import PURPOSE, SAME_CALL
from onegrid.cases.queries.reaching import may_call
from onegrid.cases.queries.similar import LOOK_BACK, MOST, PER_CELL
from onegrid.cases.request import numbers_only
from onegrid.cases.terms import Kind
from onegrid.core import similar
from onegrid.core.flow import FINAL, State
from onegrid.core.similar import Likeness, Matter

#: Cases of one number that are looked at.
_READ = 200


@dataclass(frozen=True, slots=True)
class OfCaller:
    """A case of the caller and how much it is like the request."""

    case: Case
    likeness: Likeness


def found_by_phone(
    viewer: Viewer,
    wanted: Matter,
    *,
    phone: str,
    now: datetime,
    leave_out: Collection[UUID] = (),
) -> list[OfCaller]:
    """Return open cases of a number that may be the same matter, the most alike first.

    Only cases whose reporter the viewer may know, and none that is private: a confidential request
    or a report of wrongdoing is found by nobody's number. Each look is written down.

    Args:
        wanted: what is compared; its reporters hold the number.
        leave_out: cases that were found by their place already.
    """
    number = numbers_only(phone)
    if not (number.lstrip("+").isdigit() and 5 <= len(number) <= 16):
        return []
    rows = [
        row for row in _open_cases(number, now) if row.pk not in leave_out and may_call(viewer, row)
    ]
    scored = [OfCaller(row, similar.likeness(wanted, _matter(row, number))) for row in rows]
    found = [one for one in scored if one.likeness.suggested or _same_again(one.likeness)]
    best = sorted(found, key=lambda one: (-one.likeness.score, one.likeness.days, one.case.pk))
    for one in best[:MOST]:
        _look(viewer, one.case, now)
    return best[:MOST]


def _open_cases(number: str, now: datetime) -> list[Case]:
    """Return the newest open cases of a number, by the index of numbers; private ones never."""
    ids = Contact.objects.filter(phone=number).values_list("case_id", flat=True)[:_READ]
    rows = Case.objects.filter(
        standing.LIVE,
        pk__in=list(ids),
        confidential=False,
        excluded_ids=[],
        opened_at__gt=now - LOOK_BACK,
    )
    rows = rows.exclude(state__in=[*FINAL, State.MERGED]).exclude(kind=Kind.WHISTLE)
    return list(rows.order_by("-opened_at", "-id")[:PER_CELL])


def _matter(row: Case, number: str) -> Matter:
    return alike.matter(
        category=alike.category_of(row.category_id, row.text),
        text=row.text,
        at=row.opened_at,
        lon=row.lon,
        lat=row.lat,
        building_id=row.building_id,
        reporters=alike.reporters_of(None, number),
    )


def _same_again(found: Likeness) -> bool:
    """Tell whether one caller speaks of one kind of matter again, and no place speaks against it.

    Beijing regulation on swift response, Art. 11(3): whoever asks again is told the progress.
    """
    elsewhere = found.distance_m is not None and found.place == 0
    return bool(found.reporter and found.family and found.time) and not elsewhere


def _look(viewer: Viewer, case: Case, now: datetime) -> None:
    record_look(
        viewer=viewer,
        purpose=PURPOSE,
        subject_kind="case_contact",
        subject_id=case.pk,
        fields="phone",
        now=now,
        once_within=SAME_CALL,
    )
