"""Danger to life: who called 110, 119, 120 or 122, and when; the case goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Case
from onegrid.cases.terms import EmergencyNumber
from onegrid.common.refusals import Invalid
from onegrid.core.flow import Action

MAX_CALLER = 40
#: Clocks of two people differ by so much.
_AHEAD = timedelta(minutes=5)


def emergency(
    *, case_id: UUID, doing: Doing, line: str, called_by: str, called_at: datetime, text: str
) -> Case:
    """Write down an emergency call; from now on the case counts as danger to life.

    Its clocks run by the wall clock, whatever the duty hours (Beijing regulation Art. 11).

    Args:
        line: 110, 119, 120 or 122.
        called_by: who called, in words.
        called_at: when, aware; not in the future.
        text: what was said and promised.

    Raises:
        Invalid: the number is not on the list, nobody is named, or the time lies ahead.
    """
    if line not in EmergencyNumber.values:
        raise Invalid("emergency.line", field="line")
    if not called_by.strip() or len(called_by.strip()) > MAX_CALLER:
        raise Invalid("emergency.called_by", field="called_by", most=MAX_CALLER)
    if called_at > doing.now + _AHEAD:
        raise Invalid("emergency.called_at", field="called_at")
    data = {"line": line, "called_by": called_by.strip(), "called_at": called_at.isoformat()}
    move = Move(Action.EMERGENCY, text=text, data=data, changes={"safety": True}, shown=False)
    return take(case_id, doing, move)
