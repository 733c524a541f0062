"""What a phone desk finds under a number: earlier cases by right, of the others a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from onegrid.accounts.viewer import Viewer
from onegrid.audit.actions import record_look
from onegrid.cases import standing
from onegrid.cases.models import Case, Contact
from onegrid.cases.queries.reaching import MAY_CALL_IN_CONFIDENCE, may_call
from onegrid.cases.request import numbers_only
from onegrid.common.refusals import Invalid
from onegrid.core.flow import FINAL, State
from onegrid.organisation.queries import units

#: Cases of one number that are looked at, and shown.
_READ, _SHOWN = 200, 10
#: Pressing the button again within this time is the same look.
SAME_CALL = timedelta(minutes=15)
PURPOSE = "phone_desk"


@dataclass(frozen=True, slots=True)
class CallerRow:
    """An earlier case of the caller."""

    number: str
    title: str
    state: str
    channel: str
    unit: str
    opened_at: datetime
    due_at: datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known under a number.

    Attributes:
        name: as left with an open case that the viewer may see.
        more: further cases the viewer may see, not listed.
        elsewhere: cases outside the viewer's area; nothing else is said of them.
    """

    rows: tuple[CallerRow, ...]
    name: str
    more: int
    elsewhere: int

    @property
    def total(self) -> int:
        """Return how often this number has turned to the county, as far as may be told."""
        return len(self.rows) + self.more + self.elsewhere


def caller(viewer: Viewer, *, phone: str, now: datetime) -> Caller:
    """Return the earlier cases of a number, newest first, and write every look down.

    Confidential cases exist only for those who may call in confidence.

    Raises:
        Invalid: this is no phone number.
    """
    number = numbers_only(phone)
    if not (number.lstrip("+").isdigit() and 5 <= len(number) <= 16):
        raise Invalid("case.phone", field="phone")
    cases = _cases(viewer, number)
    mine = [case for case in cases if may_call(viewer, case)]
    shown = mine[:_SHOWN]
    for case in shown:
        _look(viewer, case, "phone", now)
    others = [case for case in cases if not may_call(viewer, case)]
    for case in others:
        _look(viewer, case, "count", now)
    return Caller(
        rows=tuple(_row(case) for case in shown),
        name=_name(shown),
        more=len(mine) - len(shown),
        elsewhere=len(others),
    )


def _cases(viewer: Viewer, number: str) -> list[Case]:
    rows = Contact.objects.filter(phone=number).values_list("case_id", flat=True)[:_READ]
    found = Case.objects.filter(standing.LIVE, pk__in=list(rows)).order_by("-opened_at", "-id")
    if not viewer.has(*MAY_CALL_IN_CONFIDENCE):
        found = found.filter(confidential=False)
    return list(found)


def _look(viewer: Viewer, case: Case, fields: str, now: datetime) -> None:
    record_look(
        viewer=viewer,
        purpose=PURPOSE,
        subject_kind="case_contact",
        subject_id=case.pk,
        fields=fields,
        now=now,
        once_within=SAME_CALL,
    )


def _name(cases: list[Case]) -> str:
    """Return the name that was left with the newest open case; of closed ones it is not shown."""
    running = [case.pk for case in cases if State(case.state) not in FINAL]
    rows = Contact.objects.filter(case_id__in=running).exclude(name="")
    names = dict(rows.values_list("case_id", "name"))
    return next((names[pk] for pk in running if pk in names), "")


def _row(case: Case) -> CallerRow:
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    return CallerRow(
        number=case.number,
        title=case.title,
        state=case.state,
        channel=case.channel,
        unit=unit.name if unit else "",
        opened_at=case.opened_at,
        due_at=case.due_at,
        open=State(case.state) not in FINAL,
    )
