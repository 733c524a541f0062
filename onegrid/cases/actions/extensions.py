"""Ask for more time, or to end without a solution; another person decides."""

from __future__ import annotations

from uuid import UUID

from django.utils.timezone import localtime

from onegrid.cases import joint, notify
from onegrid.cases.actions.asks import asked, decide, opened, read_clocks
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Ask, Case
from onegrid.cases.terms import AskKind, AskState, Result
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.clock import Reading
from onegrid.core.flow import Action


def ask_extension(*, case_id: UUID, doing: Doing, minutes: int, text: str) -> Case:
    """Ask for more time on the promise, once in a round and before it falls due.

    Args:
        minutes: duty time on top of the promise, at most as much as was promised.

    Raises:
        Invalid: too long, or nothing.
        Conflict: asked before in this round, the promise is overdue, or no promise runs.
    """

    def move(case: Case) -> Move:
        before = Ask.objects.filter(case_id=case.pk, kind=AskKind.EXTENSION, round=case.round)
        if before.exists():
            raise Conflict("extension.once")
        most = joint.most_minutes(_running(case, doing), joint.held_to(case, now=doing.now))
        if not 0 < minutes <= most:
            raise Invalid("extension.minutes", field="minutes", most=most)
        opened(case, doing, AskKind.EXTENSION, text=text, minutes=minutes)
        return Move(
            Action.ASK_EXTENSION,
            text=text,
            data={"minutes": minutes},
            changes={"asks_open": True},
        )

    return take(case_id, doing, Later(Action.ASK_EXTENSION, move))


def _running(case: Case, doing: Doing) -> Reading:
    promised = joint.promised_reading(case, read_clocks(case, doing.now))
    if promised is None or promised.budget is None:
        raise Conflict("extension.nothing_runs")
    if promised.overdue:
        raise Conflict("extension.overdue")
    return promised


def decide_extension(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Grant more time or say why not; the clocks follow, the reporter is told reason and date.

    Raises:
        Conflict: nobody asks, or the promise fell due meanwhile: a broken promise stays broken.
        Forbidden: the viewer belongs to the unit that asks.
    """
    action = Action.GRANT_EXTENSION if ok else Action.REFUSE_EXTENSION
    reason = ""

    def move(case: Case) -> Move:
        nonlocal reason
        ask = asked(case, doing, AskKind.EXTENSION)
        changes: dict[str, object] = {}
        if ok:
            _running(case, doing)
            changes["extension_minutes"] = ask.minutes
            reason = ask.text
        changes["asks_open"] = decide(ask, case, doing, ok=ok, text=text)
        return Move(action, text=text, data={"minutes": ask.minutes}, changes=changes)

    case = take(case_id, doing, Later(action, move))
    if reason and case.due_at is not None:
        due = localtime(case.due_at).strftime("%m-%d %H:%M")
        notify.tell(case, "case_extended", now=doing.now, reason=reason, due=due)
    return case


def ask_ending(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Ask to end a case that cannot be solved (Weifang regulation Art. 21).

    Raises:
        Conflict: the same was asked for and is not decided yet.
    """

    def move(case: Case) -> Move:
        opened(case, doing, AskKind.ENDING, text=text)
        return Move(Action.ASK_ENDING, text=text, changes={"asks_open": True})

    return take(case_id, doing, Later(Action.ASK_ENDING, move))


def decide_ending(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Approve in writing that a case ends without a solution, or say why not.

    Raises:
        Conflict: nobody asks.
        Forbidden: the viewer belongs to the unit that asks.
    """
    action = Action.GRANT_ENDING if ok else Action.REFUSE_ENDING

    def move(case: Case) -> Move:
        ask = asked(case, doing, AskKind.ENDING)
        waiting = decide(ask, case, doing, ok=ok, text=text)
        return Move(action, text=text, changes={"asks_open": waiting})

    return take(case_id, doing, Later(action, move))


def check_ending(case: Case, result: str, doing: Doing) -> None:
    """Refuse to end without a solution what nobody has approved (Weifang regulation Art. 21).

    Raises:
        Conflict: no approval was given in this round, and the county has not waived it.
    """
    if result != Result.EXPLAINED or doing.replayed:
        return
    if not joint.held_to(case, now=doing.now).ending_approval:
        return
    given = Ask.objects.filter(
        case_id=case.pk, kind=AskKind.ENDING, state=AskState.GRANTED, round=case.round
    )
    if not given.exists():
        raise Conflict("ending.needs_approval", field="result")
