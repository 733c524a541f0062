"""What people may do where the county asks for approval, as a walk at random tries it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from onegrid.cases import actions, joint
from onegrid.cases.actions import MilestoneGiven
from onegrid.cases.approval import needed
from onegrid.cases.models import Ask
from onegrid.cases.terms import AskKind
from onegrid.core.flow import Action
from tests.flows.acts import ACTS, WORDS, Act, Turn, _may_finish, decides

_PLAN, _CLOSURE = AskKind.PLAN, AskKind.CLOSURE


def _waits(*kinds: AskKind) -> Callable[[Turn], bool]:
    """Return the condition that a head has to decide."""
    return lambda turn: turn.case.approval_open and _open(turn, *kinds)


def _open(turn: Turn, *kinds: AskKind) -> bool:
    rows = Ask.objects.filter(case_id=turn.case.pk, state="open", kind__in=kinds)
    return rows.exists()


def _needs(turn: Turn, kind: AskKind) -> bool:
    held = joint.held_to(turn.case, now=turn.doing.now)
    return not turn.case.approval_open and needed(turn.case.case_class, kind, held)


def _may_plan(turn: Turn) -> bool:
    return turn.case.case_class == "complex" and not turn.planned and _needs(turn, _PLAN)


def _may_report(turn: Turn) -> bool:
    return _may_finish(turn) and _needs(turn, _CLOSURE)


def _ask_plan(turn: Turn) -> object:
    day = (turn.doing.now + timedelta(days=2)).date()
    stones = (MilestoneGiven("完成", day),)
    return actions.ask_plan(**turn.on, measures=WORDS, owner_name="王强", milestones=stones)


def _ask_closure(turn: Turn) -> object:
    result = "explained" if turn.granted("ending") else "solved" if turn.yes else "transferred"
    return actions.ask_closure(**turn.on, result=result, answers=turn.answers)


_A = Action
#: Everything that people may do, approval included.
ALL: tuple[Act, ...] = (
    *ACTS,
    Act(_A.ASK_PLAN, _ask_plan, _may_plan, weight=30),
    Act(_A.GRANT_PLAN, decides(actions.decide_plan, ok=True), _waits(_PLAN), weight=40),
    Act(_A.REFUSE_PLAN, decides(actions.decide_plan, ok=False), _waits(_PLAN)),
    Act(_A.ASK_CLOSURE, _ask_closure, _may_report, weight=50),
    Act(_A.GRANT_CLOSURE, decides(actions.decide_closure, ok=True), _waits(_CLOSURE), weight=60),
    Act(_A.REFUSE_CLOSURE, decides(actions.decide_closure, ok=False), _waits(_CLOSURE)),
    Act(_A.RECALL_ASK, lambda turn: actions.recall_ask(**turn.on), _waits(_PLAN, _CLOSURE),
        weight=4),
)  # fmt: skip
