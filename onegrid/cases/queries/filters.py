"""The filters somebody keeps."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import SavedFilter


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A kept filter: its name and the query string of the queue page."""

    id: UUID
    name: str
    query: str


def saved_filters(viewer: Viewer) -> tuple[FilterRow, ...]:
    """Return the viewer's own filters by name."""
    if viewer.user_id is None:
        return ()
    rows = SavedFilter.objects.filter(user_id=viewer.user_id).order_by("position", "name")
    return tuple(FilterRow(*row) for row in rows.values_list("id", "name", "query"))
