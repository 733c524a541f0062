"""The section of a case that shows which departments were called for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from onegrid.accounts.viewer import Viewer
from onegrid.calls import standing
from onegrid.calls.queries.calls import CallRow, calls_of_case
from onegrid.cases.queries import CaseView
from onegrid.core.flow import Action


@dataclass(frozen=True, slots=True)
class Called:
    """Departments called for a case; ``new``: address of the form, empty for who may not call."""

    rows: tuple[CallRow, ...]
    new: str


def called(viewer: Viewer, view: CaseView, now: datetime) -> Called | None:
    """Return what the section shows, or None."""
    case = view.case
    may = Action.CALL_UNITS in view.actions and any(
        standing.calls_for(grant, community_id=case.community_id, street_id=case.street_id)
        for grant in viewer.grants
    )
    rows = calls_of_case(viewer, case_id=case.id)
    new = f"{reverse('desk:call_new')}?case={case.number}" if may else ""
    return Called(rows, new) if rows or new else None
