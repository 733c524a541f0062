"""Let routing rules follow when the areas they are for are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from onegrid.duties.models import RoutingRule
from onegrid.duties.terms import BookState


def move_rules(*, successors: Mapping[UUID, UUID]) -> int:
    """Let the rules in force and those of the draft hold for the area that goes on with theirs.

    What a rule says stays the same: it is the area that has a new row. Former books keep theirs.

    Returns:
        How many rules were moved.
    """
    rows = RoutingRule.objects.filter(
        area_id__in=successors, book__state__in=[BookState.DRAFT, BookState.LIVE]
    )
    moved = list(rows)
    for row in moved:
        if row.area_id is not None:
            row.area_id = successors[row.area_id]
    RoutingRule.objects.bulk_update(moved, ["area"])
    return len(moved)
