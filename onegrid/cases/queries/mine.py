"""The cases of a resident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case

PAGE = 20


@dataclass(frozen=True, slots=True)
class MineRow:
    """One of the reporter's own cases."""

    id: UUID
    number: str
    title: str
    state: str
    case_class: str
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    mark: str


def my_cases(viewer: Viewer, *, page: int = 1, size: int = PAGE) -> tuple[list[MineRow], int]:
    """Return a page of the viewer's own cases, newest first, and their number."""
    if viewer.user_id is None:
        return [], 0
    rows = Case.objects.filter(reporter_id=viewer.user_id).order_by("-opened_at")
    names = (
        "id",
        "number",
        "title",
        "state",
        "case_class",
        "opened_at",
        "changed_at",
        "due_at",
        "mark",
    )
    listed = rows.values_list(*names)[(page - 1) * size : page * size]
    return [MineRow(*row) for row in listed], rows.count()
