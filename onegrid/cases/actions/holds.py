"""Let work rest for a reason outside the unit's hands; another person decides, and it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import override

from onegrid.accounts.terms import Role
from onegrid.cases import joint, notify
from onegrid.cases.actions.asks import asked, decide, opened, read_clocks, said
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Ask, Case
from onegrid.cases.terms import AskKind, AskState, HoldReason
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, Evidence, State

MAX_DAYS = 366


def ask_hold(*, case_id: UUID, doing: Doing, reason: str, until: datetime, text: str) -> Case:
    """Ask to let the work rest until a time, for a reason of the closed list.

    Raises:
        Invalid: the reason is not on the list, or the end is not within the next year.
        Conflict: the same was asked for and is not decided yet.
    """
    if reason not in HoldReason.values:
        raise Invalid("hold.reason", field="reason")
    if not doing.now < until <= doing.now + timedelta(days=MAX_DAYS):
        raise Invalid("hold.until", field="until", days=MAX_DAYS)

    def move(case: Case) -> Move:
        opened(case, doing, AskKind.HOLD, text=text, reason=reason, until=until)
        return Move(
            Action.ASK_HOLD,
            text=text,
            evidence=frozenset({Evidence.REASON_CODE}),
            data={"hold": reason, "until": until.isoformat()},
            changes={"asks_open": True},
        )

    return take(case_id, doing, Later(Action.ASK_HOLD, move))


def decide_hold(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Put a case on hold, or say why not; the reporter is told reason and end.

    Raises:
        Conflict: nobody asks, or the end asked for is over.
        Forbidden: the viewer belongs to the unit that asks; or the pauses together would be longer
            than the limit, which only a street leader may allow.
    """
    action = Action.GRANT_HOLD if ok else Action.REFUSE_HOLD

    def move(case: Case) -> Move:
        ask = asked(case, doing, AskKind.HOLD)
        assert ask.until is not None
        if ok:
            if ask.until <= doing.now:
                raise Conflict("hold.end_passed")
            _check_cap(case, ask.until, doing)
        waiting = decide(ask, case, doing, ok=ok, text=text)
        return Move(
            action,
            text=text,
            data={"hold": ask.reason, "until": ask.until.isoformat()},
            changes={"asks_open": waiting},
        )

    case = take(case_id, doing, Later(action, move))
    if ok:
        _tell_hold(case, now=doing.now)
    return case


def _tell_hold(case: Case, *, now: datetime) -> None:
    ask = joint.running_holds(case).first()
    if ask is not None and ask.until is not None:
        until = localtime(ask.until).strftime("%m-%d %H:%M")
        with override(case.language):
            reason = str(HoldReason(ask.reason).label)
        notify.tell(case, "case_on_hold", now=now, reason=reason, until=until)


def _check_cap(case: Case, until: datetime, doing: Doing) -> None:
    if doing.viewer.has(Role.STREET_OFFICER):
        return
    promised = joint.promised_reading(case, read_clocks(case, doing.now))
    held = joint.held_to(case, now=doing.now)
    if joint.over_cap(promised, held, now=doing.now, until=until):
        raise Forbidden("hold.cap", percent=held.pause_percent)


def resume(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Go on before the hold ends by itself; the clocks run again."""
    case = take(case_id, doing, Move(Action.RESUME, text=said(text)))
    notify.tell(case, "case_resumed", now=doing.now)
    return case


def hold_over_ids(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Return cases whose hold has come to its end."""
    rows = Ask.objects.filter(
        kind=AskKind.HOLD,
        state=AskState.GRANTED,
        ended_at__isnull=True,
        until__lte=now,
        case__state=State.ON_HOLD,
    )
    return list(rows.order_by("until").values_list("case_id", flat=True)[:limit])


def end_hold(*, case_id: UUID, doing: Doing) -> Case:
    """Let a case go on whose hold has come to its end.

    Raises:
        Conflict: it is not on hold any more, or its hold goes on.
    """

    def move(case: Case) -> Move:
        if not joint.running_holds(case).filter(until__lte=doing.now).exists():
            raise Conflict("hold.goes_on")
        return Move(Action.RESUME)

    case = take(case_id, doing, Later(Action.RESUME, move))
    notify.tell(case, "case_resumed", now=doing.now)
    return case
