"""Let roles follow when the areas they are for are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onegrid.accounts.actions.log import log
from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Change, Role, ScopeLevel
from onegrid.common.ids import uuid7


def move_grants(*, successors: Mapping[UUID, UUID], at: datetime) -> int:
    """End every role for an area that ends, and give it for the area that goes on with it.

    Args:
        successors: new area by old area.
        at: the moment of the change.

    Returns:
        How many roles were moved; a second call moves none.
    """
    rows = RoleGrant.objects.select_for_update().filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=at),
        area_id__in=successors,
        valid_from__lt=at,
        ended_at=None,
    )
    moved = list(rows.order_by("valid_from", "id"))
    for row in moved:
        until = row.valid_to
        row.valid_to = row.ended_at = at
        row.save(update_fields=["valid_to", "ended_at"])
        log(None, row, change=Change.ENDED, now=at)
        area_id = successors[row.area_id] if row.area_id else None
        if _held(row.user_id, row.role, area_id, at):
            continue
        row.id, row.area_id, row.valid_from = uuid7(), area_id, at
        row.valid_to, row.ended_at = until, None
        row.save(force_insert=True)
        log(None, row, change=Change.GIVEN, now=at)
    return len(moved)


def give_grid(*, user_id: UUID, grid_id: UUID, at: datetime) -> None:
    """Make an account the grid worker of a grid, unless it is already."""
    if _held(user_id, Role.GRID_WORKER, grid_id, at):
        return
    row = RoleGrant.objects.create(
        user_id=user_id,
        role=Role.GRID_WORKER,
        area_level=ScopeLevel.GRID,
        area_id=grid_id,
        valid_from=at,
    )
    log(None, row, change=Change.GIVEN, now=at)


def _held(user_id: UUID, role: str, area_id: UUID | None, at: datetime) -> bool:
    held = RoleGrant.objects.filter(user_id=user_id, role=role, area_id=area_id)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at)).exists()
