"""The open cases of areas that are about to be replaced."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.models import FINAL
from onegrid.cases.queries.desk import scoped
from onegrid.core.flow import State


@dataclass(frozen=True, slots=True)
class MovingCase:
    """An open case of a grid; nothing personal."""

    number: str
    category: str
    due_at: datetime | None
    grid_id: UUID
    building_id: UUID | None


def open_in(*, viewer: Viewer, grid_ids: Collection[UUID]) -> tuple[MovingCase, ...]:
    """Return the open cases of some grids that a viewer may see, the next due first.

    Raises:
        Forbidden: the viewer has no desk.
    """
    found = scoped(viewer).filter(grid_id__in=grid_ids).exclude(state__in=[*FINAL, State.DRAFT])
    names = {key: row.label(viewer.language) for key, row in reference.categories.get().items()}
    columns = ("number", "category_id", "due_at", "grid_id", "building_id")
    return tuple(
        MovingCase(number, names.get(category, ""), due, grid, building)
        for number, category, due, grid, building in found.order_by("due_at", "number").values_list(
            *columns
        )
    )
