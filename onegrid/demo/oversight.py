"""Answer for supervised matters in the demo county; some of the last days are left to visitors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing
from onegrid.cases.actions.reminders import read_reminders
from onegrid.cases.queries.oversight import supervisions_of
from onegrid.demo.people import Cast

#: One in so many of the last days waits for the unit, another one for the supervisor.
LEFT_EVERY, LEFT_DAYS = 3, timedelta(days=4)


def answer_supervision(
    case_id: UUID,
    *,
    number: int,
    unit: Viewer,
    office: Viewer,
    doing: Callable[[Viewer], Doing],
    present: datetime,
) -> None:
    """Let the unit reply and the supervisor accept, for all that is open on a case."""
    first = doing(office)
    left = number % LEFT_EVERY if first.now > present - LEFT_DAYS else LEFT_EVERY
    if left == 0:
        return
    view = queries.case_detail(office, case_id=case_id, now=first.now)
    for row in supervisions_of(view, now=first.now):
        if row.state != "open":
            continue
        actions.reply_supervision(
            case_id=case_id,
            doing=doing(unit),
            text="已核实原因并整改：人员调配不及时，现已补充班组并向诉求人说明。",
            supervision_id=row.id,
        )
        if left == 1:
            continue
        actions.settle_supervision(
            case_id=case_id,
            doing=doing(office),
            text="情况属实，整改到位，同意办结。",
            supervision_id=row.id,
        )


def read_reminders_of_long_ago(cast: Cast) -> None:
    """Let everybody have read what they were reminded of before yesterday."""
    groups = (cast.county, cast.clerks, cast.secretaries, cast.workers, cast.members)
    for people in groups:
        for viewer in people.values():
            read_reminders(viewer=viewer, now=cast.now - timedelta(days=1))
