"""Ask for reopening and decide on it: by right, by the street, after study by the office."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.cases import lawful, notify, standing
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Meeting, Part
from onegrid.cases.terms import MeetingKind
from onegrid.common.refusals import Conflict, Forbidden
from onegrid.core.flow import Action
from onegrid.duties.terms import Parameter

#: Roles that decide on the second and every later reopening.
HIGHER = (Role.STREET_OFFICER, Role.SUPERVISOR)
#: From this request on the government office studies the case first (Weifang regulation Art. 23).
STUDIED_FROM = 3


def ask_reopen(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Let the reporter ask for reopening within the days that the rule in force gives.

    Raises:
        Conflict: they are over.
    """

    def move(case: Case) -> Move:
        days = lawful.amount(case, Parameter.REOPEN_DAYS, now=doing.now)
        if case.closed_at and doing.now - case.closed_at > timedelta(days=days):
            raise Conflict("case.reopen_too_late", days=days)
        return Move(Action.ASK_REOPEN, text=text)

    return take(case_id, doing, Later(Action.ASK_REOPEN, move))


def decide_reopen(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Reopen a case (its answers are void, a new round of clocks begins) or say why not.

    The first request is granted by right; on the second the street or the supervisor decides; from
    the third on the government office must have studied the case (the flow, rule 14).

    Raises:
        Conflict: the first request cannot be refused, or the study is missing.
        Forbidden: this request is for the street or the supervisor.
    """

    def move(case: Case) -> Move:
        _check_level(case, doing, ok=ok)
        data = {"level": case.round}
        if not ok:
            return Move(Action.REFUSE_REOPEN, text=text, data=data)
        Part.objects.filter(case_id=case.pk).update(answer="", answered_at=None, child=None)
        fresh = {"round": case.round + 1, "result": "", "extension_minutes": 0, "co_unit_ids": []}
        return Move(Action.REOPEN, text=text, data=data, changes=fresh)

    case = take(case_id, doing, Later(Action.REOPEN, move))
    notify.tell(case, "case_reopened" if ok else "case_closed", now=doing.now)
    return case


def _check_level(case: Case, doing: Doing, *, ok: bool) -> None:
    if case.round == 1:
        if not ok:
            raise Conflict("case.first_reopen_by_right")
        return
    if not standing.reaches(doing.viewer, case, roles=HIGHER):
        raise Forbidden("reopen.needs_street")
    if case.round >= STUDIED_FROM and not studied(case):
        raise Conflict("reopen.needs_study", level=case.round)


def studied(case: Case) -> bool:
    """Tell whether the government office has studied a case in this round."""
    return Meeting.objects.filter(
        case_id=case.pk, kind=MeetingKind.OFFICE, round=case.round
    ).exists()
