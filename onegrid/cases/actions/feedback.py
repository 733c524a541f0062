"""Verify, call back, close, reopen, withdraw (反馈)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from onegrid.cases import notify
from onegrid.cases.actions.closing import check_closable, tried_enough
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Verdict
from onegrid.cases.terms import Satisfied, Solved
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, Evidence, State


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """The three verdicts: answered, solved, satisfied; ``reason`` is needed for a bad one."""

    answered: bool
    solved: str
    satisfied: str
    reason: str = ""

    @property
    def is_bad(self) -> bool:
        """Tell whether the case must be looked at again."""
        return not self.answered or self.solved == Solved.NO or self.satisfied == Satisfied.NO


def verify(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Check a result on the spot; a failed one goes back and its clock never stopped."""
    action = Action.VERIFY_OK if ok else Action.VERIFY_FAIL
    case = take(case_id, doing, Move(action, text=text, shown=ok))
    if ok:
        notify.tell(case, "case_done", now=doing.now)
    return case


def give_verdict(*, case_id: UUID, doing: Doing, verdict: VerdictGiven) -> Case:
    """Let the reporter (page) or a call-back agent (call) say how it ended.

    A good verdict closes the case; while a supervision is open it is kept, and the case closes with
    the supervision. A bad one asks for reopening by itself (the flow, rule 13).

    Raises:
        Forbidden: nobody stands behind the verdict; time alone gives none.
    """
    _check_verdict(verdict)
    if doing.viewer.user_id is None and not doing.as_reporter:
        raise Forbidden("case.not_your_turn", action=Action.CLOSE.value)

    def move(case: Case) -> Move:
        _record(case, doing, reached=True, given=verdict)
        action = Action.ASK_REOPEN if verdict.is_bad else Action.CLOSE
        text = verdict.reason.strip() or f"{verdict.solved}/{verdict.satisfied}"
        if action is Action.CLOSE:
            check_closable(case)
            action = Action.KEEP_VERDICT if case.supervised else Action.CLOSE
        return Move(
            action,
            text=text,
            evidence=frozenset({Evidence.VERDICT}),
            data={
                "solved": verdict.solved,
                "satisfied": verdict.satisfied,
                "answered": verdict.answered,
            },
        )

    case = take(case_id, doing, Later(Action.CLOSE, move))
    told = {State.CLOSED: "case_closed", State.CALLBACK: "verdict_kept"}
    notify.tell(case, told.get(State(case.state), "reopen_asked"), now=doing.now)
    return case


def log_callback(*, case_id: UUID, doing: Doing, note: str) -> Case:
    """Record a call nobody answered; after enough tries on enough days the case closes so."""

    def tried(case: Case) -> Move:
        _record(case, doing, reached=False, given=None)
        return Move(
            Action.LOG_CALLBACK,
            text=note,
            evidence=frozenset({Evidence.VERDICT}),
            data={"reached": False},
            shown=False,
        )

    def closed(case: Case) -> Move | None:
        if case.supervised or not tried_enough(case, now=doing.now):
            return None
        check_closable(case)
        return Move(
            Action.CLOSE,
            text=note,
            evidence=frozenset({Evidence.VERDICT}),
            data={"unreachable": True},
        )

    return take(case_id, doing, Later(Action.LOG_CALLBACK, tried), Later(Action.CLOSE, closed))


def _check_verdict(verdict: VerdictGiven) -> None:
    if verdict.solved not in Solved.values:
        raise Invalid("verdict.solved", field="solved")
    if verdict.satisfied not in Satisfied.values:
        raise Invalid("verdict.satisfied", field="satisfied")
    if verdict.is_bad and not verdict.reason.strip():
        raise Invalid("verdict.reason", field="reason")


def _record(case: Case, doing: Doing, *, reached: bool, given: VerdictGiven | None) -> None:
    own = doing.as_reporter or doing.viewer.user_id == case.reporter_id
    Verdict.objects.create(
        case_id=case.pk,
        round=case.round,
        at=doing.now,
        by_reporter=own,
        caller_id=None if own else doing.viewer.user_id,
        reached=reached,
        answered=given.answered if given else None,
        solved=given.solved if given else "",
        satisfied=given.satisfied if given else "",
        reason=given.reason.strip() if given else "",
    )


def withdraw(*, case_id: UUID, doing: Doing, text: str) -> Case:
    """Take a case back; only the reporter may, staff never."""
    return take(case_id, doing, Move(Action.WITHDRAW, text=text))


def note(*, case_id: UUID, doing: Doing, text: str, shown: bool = False) -> Case:
    """Write a note into the timeline, for colleagues or for the reporter too."""
    return take(case_id, doing, Move(Action.NOTE, text=text, shown=shown))


def remind(*, case_id: UUID, doing: Doing, text: str = "") -> Case:
    """Let the reporter remind the unit (催办); once an hour.

    Raises:
        Conflict: reminded within the last hour.
    """

    def move(case: Case) -> Move:
        recent = case.steps.filter(action=Action.REMIND, at__gt=doing.now - timedelta(hours=1))
        if recent.exists():
            raise Conflict("case.reminded_lately")
        return Move(Action.REMIND, text=text)

    return take(case_id, doing, Later(Action.REMIND, move))
