"""The cases that somebody joined: how they stand, in words that name nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import alike, reference
from onegrid.cases.models import Joiner
from onegrid.grids.queries import area_names

#: So many are listed, the latest first.
MOST = 50


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """A case somebody joined; neither its number nor words of its reporter.

    Attributes:
        text: what the joiner wrote.
        result: code, once it is answered.
    """

    category: str
    community: str
    state: str
    joined_at: datetime
    opened_at: datetime
    due_at: datetime | None
    text: str
    result: str


def joined_cases(viewer: Viewer) -> tuple[JoinedRow, ...]:
    """Return the cases that the signed-in resident joined, the latest first, at most `MOST`.

    A case that has become private meanwhile is left out: it would tell something of its reporter.
    """
    if viewer.user_id is None:
        return ()
    rows = Joiner.objects.filter(account_id=viewer.user_id).select_related("case")
    return tuple(
        _row(viewer, row) for row in rows.order_by("-at")[:MOST] if not alike.is_private(row.case)
    )


def _row(viewer: Viewer, row: Joiner) -> JoinedRow:
    case = row.case
    return JoinedRow(
        category=_label(viewer, case.category_id),
        community=area_names().get(case.community_id, "") if case.community_id else "",
        state=case.state,
        joined_at=row.at,
        opened_at=case.opened_at,
        due_at=case.due_at,
        text=row.text,
        result=case.result,
    )


def _label(viewer: Viewer, category_id: UUID | None) -> str:
    category = reference.categories.get().get(category_id) if category_id else None
    return category.label(viewer.language) if category else ""
