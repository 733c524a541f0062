"""Let units follow when the areas they answer for are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from uuid import UUID

from onegrid.organisation import actions, queries
from onegrid.organisation.models import Unit
from onegrid.organisation.terms import UnitKind


def move_units(*, successors: Mapping[UUID, UUID], at: datetime) -> int:
    """Let units answer from a moment on for the area that goes on with theirs.

    Returns:
        How many were moved.
    """
    rows = list(Unit.objects.filter(area_id__in=successors))
    actions.keep_areas(units=rows, until=at)
    for row in rows:
        if row.area_id is not None:
            row.area_id = successors[row.area_id]
    Unit.objects.bulk_update(rows, ["area"])
    queries.clear()
    return len(rows)


def add_missing(*, communities: Sequence[tuple[UUID, str, str]]) -> int:
    """Add a unit for each community (id, code, name) that nobody answers for; return how many."""
    answered = set(
        Unit.objects.filter(kind=UnitKind.COMMUNITY, is_active=True).values_list(
            "area_id", flat=True
        )
    )
    missing = [one for one in communities if one[0] not in answered]
    used = set(Unit.objects.values_list("code", flat=True))
    for area_id, code, name in missing:
        plain = f"community-{code}"
        others = (f"{plain}-{number}" for number in count(2))
        free = next(one for one in chain([plain], others) if one not in used)
        actions.add_unit(kind=UnitKind.COMMUNITY, code=free, name=name, area_id=area_id)
    return len(missing)
