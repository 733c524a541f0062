"""The section of a case on what units share: asks, helping units, meetings, past rulings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from onegrid.accounts.viewer import Viewer
from onegrid.cases import queries
from onegrid.cases.queries import CaseView, RulingRow, Sharing
from onegrid.core.flow import Action

_RULING = frozenset({Action.UPHOLD_RETURN, Action.DESIGNATE})


@dataclass(frozen=True, slots=True)
class SharedShown:
    """What the section shows; past rulings only to whoever rules now."""

    shared: Sharing
    rulings: tuple[RulingRow, ...]


def sharing(viewer: Viewer, view: CaseView, now: datetime) -> SharedShown | None:
    """Return what units share of a case, or None when they share nothing."""
    shared = queries.sharing(view)
    if not shared:
        return None
    rules = not _RULING.isdisjoint(view.actions)
    rulings = queries.past_rulings(viewer, case_id=view.case.pk) if rules else ()
    return SharedShown(shared, rulings)
