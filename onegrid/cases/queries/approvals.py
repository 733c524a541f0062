"""How a plan or a report of done stands with its approval, for whoever looks at a case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases import approval, standing
from onegrid.cases.bounds import bounds
from onegrid.cases.queries.detail import CaseView
from onegrid.cases.queries.joint import AskView, Sharing
from onegrid.cases.terms import APPROVALS, AskKind
from onegrid.core.flow import State


class Release(StrEnum):
    """Who has to agree before something is published or reported done."""

    FREE = "free"
    HEAD = "head"
    ITSELF = "itself"


def release(viewer: Viewer, view: CaseView, kind: AskKind, *, now: datetime) -> Release:
    """Tell whether the rules of the county want the head to agree, or the viewer may alone."""
    sent = (step.at for step in view.steps if step.to_state == State.DISPATCHED)
    held = bounds(on=localtime(next(sent, now)).date())
    if not approval.needed(view.case.case_class, kind, held):
        return Release.FREE
    return Release.ITSELF if standing.approves_itself(viewer, view.case) else Release.HEAD


def waiting(shared: Sharing) -> AskView | None:
    """Return what waits for the head of the leading unit."""
    return next((ask for ask in shared.asks if ask.is_open and ask.kind in APPROVALS), None)
