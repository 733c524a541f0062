"""The log of roles: who gave or ended which one."""

from __future__ import annotations

from datetime import datetime

from onegrid.accounts.models import RoleChange, RoleGrant, User
from onegrid.accounts.terms import Change
from onegrid.accounts.viewer import Viewer


def log(
    viewer: Viewer | None,
    row: RoleGrant,
    *,
    change: Change,
    now: datetime,
    why: str = "",
) -> None:
    """Write down who gave or ended which role, in the same transaction.

    Args:
        viewer: None when a change of areas brought it about.
    """
    user = User.objects.get(id=row.user_id)
    RoleChange.objects.create(
        at=now,
        change=change,
        by_id=viewer.user_id if viewer else None,
        by_name=viewer.name if viewer and not viewer.is_system else "",
        user_id=user.id,
        username=user.username,
        full_name=user.full_name,
        role=row.role,
        area_level=row.area_level,
        area_id=row.area_id,
        unit_id=row.unit_id,
        valid_to=row.valid_to,
        reason=why,
    )
