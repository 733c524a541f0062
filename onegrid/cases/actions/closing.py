"""What must be settled before a case closes, and how it closes when the last of it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid5

from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases import joint, lawful
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.models import Case, Part, Verdict
from onegrid.cases.terms import Satisfied, Solved
from onegrid.common.refusals import Conflict
from onegrid.core.flow import Action, Evidence, State
from onegrid.duties.terms import Parameter


def check_closable(case: Case) -> None:
    """Refuse to close with an open part or report (`finish` has looked at the milestones).

    Raises:
        Conflict: a part has no answer, or a helping unit owes its report.
    """
    if Part.objects.filter(case_id=case.pk, answered_at__isnull=True).exists():
        raise Conflict("case.open_parts")
    joint.check_reported(case)


def tried_enough(case: Case, *, now: datetime) -> bool:
    """Tell whether the reporter counts as unreachable: so many tries on so many days."""
    rows = Verdict.objects.filter(case_id=case.pk, round=case.round, reached=False)
    days = {localtime(at).date() for at in rows.values_list("at", flat=True)}
    tries = lawful.amount(case, Parameter.CALLBACK_TRIES, now=now)
    return len(rows) >= tries and len(days) >= lawful.amount(case, Parameter.CALLBACK_DAYS, now=now)


def close_if_said(case: Case, doing: Doing) -> Case:
    """Close a case that waited for nothing but the end of its supervision."""
    if case.state != State.CALLBACK or case.supervised:
        return case
    said = _said(case, now=doing.now)
    if said is None:
        return case
    own = replace(
        doing,
        viewer=Viewer.system(doing.viewer.tenant_id),
        key=uuid5(doing.key, "close"),
        seen=None,
    )

    def move(case: Case) -> Move:
        check_closable(case)
        return Move(Action.CLOSE, evidence=frozenset({Evidence.VERDICT}), data=said)

    return take(case.pk, own, Later(Action.CLOSE, move))


def _said(case: Case, *, now: datetime) -> dict[str, Any] | None:
    """Return the verdict that was kept, or that nobody could be reached; None while it is open."""
    last = (
        Verdict.objects.filter(case_id=case.pk, round=case.round, reached=True)
        .order_by("-at")
        .first()
    )
    if last is not None:
        good = last.answered and last.solved != Solved.NO and last.satisfied != Satisfied.NO
        given: dict[str, Any] = {
            "solved": last.solved,
            "satisfied": last.satisfied,
            "answered": last.answered,
        }
        return given if good else None
    return {"unreachable": True} if tried_enough(case, now=now) else None
