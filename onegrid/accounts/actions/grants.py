"""Give and end roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from onegrid.accounts.actions.log import log
from onegrid.accounts.actions.rights import account_of, must_be, must_not_be_self
from onegrid.accounts.actions.sessions import drop_sessions
from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import (
    ADMIN_ROLES,
    ROLE_LEVEL,
    SELF_APPROVAL_ROLES,
    AccountKind,
    Change,
    Role,
    ScopeLevel,
)
from onegrid.accounts.viewer import Viewer
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Invalid, NotFound

_REASON_MAX = 200
_REFUSALS = {
    "rolegrant_one_admin_role": Conflict("grant.one_admin_role", field="role"),
    "rolegrant_current_uq": Conflict("grant.already_held", field="role"),
}


@dataclass(frozen=True, slots=True)
class _Wish:
    role: Role
    level: ScopeLevel
    area_id: UUID | None
    unit_id: UUID | None


def grant_role(
    *,
    viewer: Viewer,
    user_id: UUID,
    role: str,
    now: datetime,
    area_level: str | None = None,
    area_id: UUID | None = None,
    unit_id: UUID | None = None,
    valid_to: datetime | None = None,
    reason: str = "",
    key: UUID | None = None,
) -> UUID:
    """Give an account a role for an area or a unit; all its sessions end.

    Args:
        area_level: must be the level of the role, when given.
        area_id, unit_id: the caller has checked that they exist.
        valid_to: planned end; administrators have none.
        reason: why, for the log; at most 200 characters.
        key: identity of the request; the same key gives the role once.

    Raises:
        Forbidden: the viewer is not a security administrator, or it is the own account.
        NotFound: no such account in the viewer's county.
        Invalid: role, scope or end do not fit together, or the reason is too long.
        Conflict: the role is held already, or would combine two administrators.
    """
    must_be(viewer, Role.SECURITY_ADMIN)
    must_not_be_self(viewer, user_id)
    why = _why(reason)
    user = account_of(viewer, user_id, lock=True)
    if user.kind != AccountKind.STAFF or not user.is_active:
        raise Invalid("grant.not_staff", field="user_id")
    wish = _wish(role, area_level, area_id, unit_id)
    _check_end(wish.role, valid_to, now)
    row = RoleGrant(
        id=key or uuid7(),
        user_id=user_id,
        role=wish.role,
        area_level=wish.level,
        area_id=wish.area_id,
        unit_id=wish.unit_id,
        valid_from=now,
        valid_to=valid_to,
        granted_by=viewer.user_id,
    )
    earlier = RoleGrant.objects.filter(id=row.id).first() if key else None
    if earlier is not None:
        return _same(earlier, row)
    _insert(row)
    log(viewer, row, change=Change.GIVEN, why=why, now=now)
    drop_sessions(user_id=user_id)
    return row.id


def end_role(*, viewer: Viewer, grant_id: UUID, now: datetime, reason: str = "") -> None:
    """End a role at once; all sessions of the account end. Ending it again changes nothing.

    Raises:
        Forbidden: the viewer is not a security administrator, or it is the own role.
        NotFound: no such grant in the viewer's county.
        Invalid: the reason is too long.
    """
    must_be(viewer, Role.SECURITY_ADMIN)
    why = _why(reason)
    row = RoleGrant.objects.select_for_update().filter(id=grant_id).first()
    if row is None:
        raise NotFound()
    must_not_be_self(viewer, row.user_id)
    if row.ended_at is not None:
        return
    end = max(now, row.valid_from + timedelta(microseconds=1))
    row.ended_at = end
    row.valid_to = end if row.valid_to is None else min(end, row.valid_to)
    row.ended_by = viewer.user_id
    row.save(update_fields=["ended_at", "valid_to", "ended_by"])
    log(viewer, row, change=Change.ENDED, why=why, now=now)
    drop_sessions(user_id=row.user_id)


def set_self_approval(
    *, viewer: Viewer, grant_id: UUID, allowed: bool, now: datetime, reason: str = ""
) -> None:
    """Give or take the right to approve one's own plans and reports of done; sessions end.

    Doing the same again changes nothing.

    Raises:
        Forbidden: the viewer is not a security administrator, or it is the own role.
        NotFound: no such grant in the viewer's county.
        Invalid: the role handles no cases, or the reason is too long.
        Conflict: the role has ended.
    """
    must_be(viewer, Role.SECURITY_ADMIN)
    why = _why(reason)
    row = RoleGrant.objects.select_for_update().filter(id=grant_id).first()
    if row is None:
        raise NotFound()
    must_not_be_self(viewer, row.user_id)
    if row.role not in SELF_APPROVAL_ROLES:
        raise Invalid("grant.no_self_approval", field="grant", role=Role(row.role).label)
    if row.ended_at is not None or (row.valid_to is not None and row.valid_to <= now):
        raise Conflict("grant.ended", field="grant")
    if row.self_approval == allowed:
        return
    row.self_approval = allowed
    row.save(update_fields=["self_approval"])
    change = Change.SELF_ON if allowed else Change.SELF_OFF
    log(viewer, row, change=change, why=why, now=now)
    drop_sessions(user_id=row.user_id)


def _why(reason: str) -> str:
    why = " ".join(reason.split())
    if len(why) > _REASON_MAX:
        raise Invalid("grant.reason", field="reason", most=_REASON_MAX)
    return why


def _wish(role: str, level: str | None, area_id: UUID | None, unit_id: UUID | None) -> _Wish:
    if role not in ROLE_LEVEL:
        raise Invalid("grant.unknown_role", field="role")
    wanted = ROLE_LEVEL[Role(role)]
    if level is not None and level != wanted:
        raise Invalid("grant.wrong_level", field="area_level", level=wanted.label)
    if (wanted is ScopeLevel.UNIT) != (unit_id is not None):
        raise Invalid("grant.unit_missing", field="unit_id")
    small = wanted in {ScopeLevel.STREET, ScopeLevel.COMMUNITY, ScopeLevel.GRID}
    if small and area_id is None:
        raise Invalid("grant.area_missing", field="area_id", level=wanted.label)
    return _Wish(Role(role), wanted, area_id if small else None, unit_id)


def _check_end(role: Role, valid_to: datetime | None, now: datetime) -> None:
    if valid_to is None:
        return
    if role in ADMIN_ROLES:
        raise Invalid("grant.admin_not_timed", field="valid_to")
    if valid_to <= now:
        raise Invalid("grant.end_passed", field="valid_to")


def _same(earlier: RoleGrant, row: RoleGrant) -> UUID:
    names = ("user_id", "role", "area_id", "unit_id")
    if any(getattr(earlier, name) != getattr(row, name) for name in names):
        raise Conflict("form.expired")
    return earlier.id


def _insert(row: RoleGrant) -> None:
    """Write a grant; a broken constraint becomes its refusal."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        known = _REFUSALS.get(getattr(diagnosis, "constraint_name", "") or "")
        if known is None:
            raise
        raise type(known)(known.code, field=known.field) from error
