"""The order of another system that a case came from: its number, its deadline, its messages."""

from __future__ import annotations

from datetime import datetime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries import CaseView
from onegrid.exchange.queries import CaseOrder, order_of_case
from onegrid.exchange.terms import System


def order(viewer: Viewer, view: CaseView, now: datetime) -> CaseOrder | None:
    """Return the order of a case, or None; the viewer has been let into the case already."""
    if view.case.batch not in System.values:
        return None
    return order_of_case(case_id=view.case.pk, now=now)
