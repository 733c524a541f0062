"""What a step of one case means for the cases and people tied to it, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import joining, merging, splitting
from onegrid.cases.actions.step import Doing
from onegrid.cases.models import Case
from onegrid.cases.terms import REPLAYED, VOID
from onegrid.cases.watching import Happening, Heard
from onegrid.common.ids import uuid7
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flow import Action, State

_ENDED_EARLY = frozenset({State.WITHDRAWN, State.NOT_ACCEPTED})


def hear(happening: Happening) -> None:
    """Look at every step; most of them concern their own case only."""
    if happening.batch.startswith((REPLAYED, VOID)):
        return
    for step in happening.steps:
        moved = step.to_state != step.from_state
        if moved and step.to_state == State.CALLBACK:
            _answered(Case.objects.get(pk=happening.case_id), step)
        elif moved and step.to_state in _ENDED_EARLY:
            _ended(Case.objects.get(pk=happening.case_id), step)
        elif step.action == Action.REOPEN:
            splitting.open_parent(Case.objects.get(pk=happening.case_id))


def _answered(case: Case, step: Heard) -> None:
    if step.from_state == State.REOPEN_REQ:
        return
    merging.let_follow(case, step.at)
    splitting.answer_parent(case, "", _system(step.at))
    joining.tell_joiners(case, "joined_done", now=step.at)


def _ended(case: Case, step: Heard) -> None:
    if step.from_state == State.MERGED:
        merging.end_merger(case.pk, step.at)
    merging.let_go(case, step.at)
    if step.to_state == State.WITHDRAWN:
        splitting.withdraw_children(case, _system(step.at))
    splitting.answer_parent(case, _words(step), _system(step.at))
    joining.tell_joiners(case, "joined_ended", now=step.at)


def _words(step: Heard) -> str:
    """Return what a parent says of a matter whose own case was withdrawn or not accepted."""
    return step.text.strip() or step.to_state


def _system(at: datetime) -> Doing:
    return Doing(viewer=Viewer.system(current_tenant()), now=at, key=uuid7())
