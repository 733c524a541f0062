"""Submit a plan or a report of done to the head of the unit; the head releases it or sends it back.

Nothing is published or done, and nobody outside is told, before somebody else has approved it; the
clocks go on meanwhile.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.cases import approval, joint, notify
from onegrid.cases.actions.asks import decide, opened
from onegrid.cases.actions.handle import (
    ONWARD,
    check_closure,
    check_unplanned,
    closure_given,
    closure_move,
    plan_given,
    plan_move,
    tell_done,
)
from onegrid.cases.actions.parts import answers_checked
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.approval import ClosureGiven, MilestoneGiven, PlanGiven
from onegrid.cases.models import Ask, Case
from onegrid.cases.terms import APPROVALS, AskKind, AskState
from onegrid.common.refusals import Conflict, Forbidden
from onegrid.core.flow import Action, Actor, Evidence

_HANDLER = frozenset({Actor.HANDLER})
_APPROVED = {"approved": True}


def ask_plan(
    *,
    case_id: UUID,
    doing: Doing,
    measures: str,
    owner_name: str,
    milestones: tuple[MilestoneGiven, ...],
) -> Case:
    """Submit the plan of a complex case to the head of the unit.

    Raises:
        Conflict: the county asks for no approval, the same waits already, the case is not complex
            or has its plan.
        Invalid: as `handle.publish_plan`.
    """
    given = plan_given(measures, owner_name, milestones, doing.now)

    def move(case: Case) -> Move:
        _check_needed(case, doing, AskKind.PLAN)
        check_unplanned(case)
        opened(case, doing, AskKind.PLAN, text=given.measures, given=given.kept())
        return _submits(Action.ASK_PLAN, given.measures, {}, Evidence.PLAN)

    return take(case_id, doing, Later(Action.ASK_PLAN, move))


def ask_closure(*, case_id: UUID, doing: Doing, result: str, answers: dict[int, str]) -> Case:
    """Submit a report of done to the head of the unit, with all its evidence.

    Raises:
        Conflict: the county asks for no approval of this class, the same waits already, or as
            `handle.finish`.
        Invalid: as `handle.finish`.
    """
    given = closure_given(result, answers)

    def move(case: Case) -> Move:
        _check_needed(case, doing, AskKind.CLOSURE)
        check_closure(case, given.result, doing)
        told = answers_checked(case, given.answers)
        opened(case, doing, AskKind.CLOSURE, text=told, given=given.kept())
        data = {"result": given.result}
        return _submits(Action.ASK_CLOSURE, told, data, Evidence.RESULT, Evidence.PART_ANSWERS)

    return take(case_id, doing, Later(Action.ASK_CLOSURE, move))


def _submits(action: Action, text: str, data: dict[str, Any], *evidence: Evidence) -> Move:
    changes = {"approval_open": True}
    return Move(
        action, text=text, evidence=frozenset(evidence), data=data, changes=changes, shown=False
    )


def decide_plan(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Approve a plan, which publishes it, or send it back and say why.

    Raises:
        Conflict: none waits, or a date of the plan is over meanwhile.
        Forbidden: the viewer is not a head of the leading unit, or has submitted it.
    """
    kept: dict[str, Any] = {}

    def decided(case: Case) -> Move:
        kept.update(_decided(case, doing, AskKind.PLAN, ok=ok, text=text))
        return _said(Action.GRANT_PLAN if ok else Action.REFUSE_PLAN, text)

    def published(case: Case) -> Move:
        given = PlanGiven.of(kept)
        check_unplanned(case)
        if given.milestones[0].due_on < localtime(doing.now).date():
            raise Conflict("approval.dates_over")
        return plan_move(case, given, doing, said=_APPROVED)

    if not ok:
        return take(case_id, doing, Later(Action.REFUSE_PLAN, decided))
    publishes = Later(Action.PUBLISH_PLAN, published, lent=_HANDLER)
    case = take(case_id, doing, Later(Action.GRANT_PLAN, decided), publishes)
    notify.tell(case, "plan_published", now=doing.now)
    return case


def decide_closure(*, case_id: UUID, doing: Doing, ok: bool, text: str) -> Case:
    """Approve a report of done, which is checked once more and then holds, or send it back.

    Raises:
        Conflict: none waits, or something that it needs is missing meanwhile.
        Forbidden: the viewer is not a head of the leading unit, or has submitted it.
    """
    kept: dict[str, Any] = {}

    def decided(case: Case) -> Move:
        kept.update(_decided(case, doing, AskKind.CLOSURE, ok=ok, text=text))
        return _said(Action.GRANT_CLOSURE if ok else Action.REFUSE_CLOSURE, text)

    def reported(case: Case) -> Move:
        return closure_move(case, ClosureGiven.of(kept), doing, said=_APPROVED)

    if not ok:
        return take(case_id, doing, Later(Action.REFUSE_CLOSURE, decided))
    reports = Later(Action.FINISH, reported, lent=_HANDLER)
    case = take(case_id, doing, Later(Action.GRANT_CLOSURE, decided), reports, ONWARD)
    tell_done(case, doing)
    return case


def _decided(case: Case, doing: Doing, kind: AskKind, *, ok: bool, text: str) -> dict[str, Any]:
    """Write a decision down; return what was submitted."""
    ask = Ask.objects.filter(case_id=case.pk, kind=kind, state=AskState.OPEN).first()
    if ask is None:
        raise Conflict("ask.none_open")
    if ask.asked_by == doing.viewer.user_id:
        raise Forbidden("approval.same_person")
    decide(ask, case, doing, ok=ok, text=text)
    return dict(ask.given or {})


def _said(action: Action, text: str) -> Move:
    return Move(action, text=text, changes={"approval_open": False}, shown=False)


def recall_ask(*, case_id: UUID, doing: Doing, text: str = "") -> Case:
    """Take back what the unit has submitted and nobody has decided yet.

    Raises:
        Conflict: nothing waits.
    """

    def move(case: Case) -> Move:
        waiting = Ask.objects.filter(case_id=case.pk, kind__in=APPROVALS, state=AskState.OPEN)
        ask = waiting.first()
        if ask is None:
            raise Conflict("ask.none_open")
        ask.state, ask.decided_at = AskState.RECALLED, max(doing.now, case.changed_at)
        ask.save(update_fields=["state", "decided_at"])
        data, changes = {"ask": ask.kind}, {"approval_open": False}
        return Move(Action.RECALL_ASK, text=text, data=data, changes=changes, shown=False)

    return take(case_id, doing, Later(Action.RECALL_ASK, move))


def _check_needed(case: Case, doing: Doing, kind: AskKind) -> None:
    held = joint.held_to(case, now=doing.now)
    if not approval.needed(case.case_class, kind, held):
        raise Conflict("approval.not_needed")
