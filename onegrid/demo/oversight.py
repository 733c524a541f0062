"""Answer for supervised matters in the demo county; one in four is left for the visitor."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing
from onegrid.cases.queries.oversight import supervisions_of

LEFT_EVERY = 4


def answer_supervision(
    case_id: UUID, *, number: int, unit: Viewer, office: Viewer, doing: Callable[[Viewer], Doing]
) -> None:
    """Let the unit reply and the supervisor accept, for all that is open on a case."""
    if number % LEFT_EVERY == 0:
        return
    first = doing(office)
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
        actions.settle_supervision(
            case_id=case_id,
            doing=doing(office),
            text="情况属实，整改到位，同意办结。",
            supervision_id=row.id,
        )
