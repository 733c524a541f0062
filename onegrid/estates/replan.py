"""Let estates follow their buildings when areas are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onegrid.estates.models import Estate
from onegrid.estates.queries.homes import buildings_of, community_of


def move_estates(*, successors: Mapping[UUID, UUID], at: datetime) -> int:
    """Give estates of communities that end the one in which most of their households live.

    Args:
        at: when the plan begins; the buildings have their new grids from then on.

    Returns:
        How many estates were moved.
    """
    rows = list(Estate.objects.filter(community_id__in=successors))
    for row in rows:
        found = community_of(buildings_of(row.id, on=at))
        row.community_id = found or successors[row.community_id]
    Estate.objects.bulk_update(rows, ["community"])
    return len(rows)
