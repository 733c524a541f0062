"""What a reporter reads without a desk: the receipt again, the own case, the way it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions.opening import Receipt, _receipt
from onegrid.cases.models import Case, Step
from onegrid.cases.queries.detail import CaseView, _view
from onegrid.common.refusals import NotFound
from onegrid.core.flow import Action


@dataclass(frozen=True, slots=True)
class StepMark:
    """What the progress line needs of a step."""

    at: datetime
    to_state: str


def receipt_of(*, key: UUID) -> Receipt | None:
    """Return the receipt of the case that was opened with an idempotency key, or None.

    The key is a secret of the browser that sent the form; whoever shows it has sent it.
    """
    opened = Step.objects.filter(key=key, action=Action.OPEN)
    case_id = opened.values_list("case_id", flat=True).first()
    return None if case_id is None else _receipt(Case.objects.get(pk=case_id))


def case_of_reporter(viewer: Viewer, *, case_id: UUID, now: datetime) -> CaseView:
    """Return a case to its reporter; the caller has seen number and query code, or the account.

    Raises:
        NotFound: no such case.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound("case.not_found")
    return _view(viewer, case, now=now, as_reporter=True)


def progress(viewer: Viewer, *, case_ids: Iterable[UUID]) -> Mapping[UUID, tuple[StepMark, ...]]:
    """Return the steps of several of the viewer's own cases, in order, in one query."""
    found: dict[UUID, tuple[StepMark, ...]] = {}
    rows = (
        Step.objects.filter(case_id__in=list(case_ids), case__reporter_id=viewer.user_id)
        .order_by("case_id", "seq")
        .values_list("case_id", "at", "to_state")
    )
    for case_id, at, state in rows:
        found[case_id] = (*found.get(case_id, ()), StepMark(at, state))
    return found
