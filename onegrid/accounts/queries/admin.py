"""What administrators, and people themselves, see of accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from onegrid.accounts.models import ApiToken, RoleChange, RoleGrant, Session, User
from onegrid.accounts.queries import session_handle
from onegrid.accounts.terms import SELF_APPROVAL_ROLES, AccountKind, Change, Role, TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden, NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as an administrator sees it; the phone number is masked."""

    id: UUID
    username: str
    full_name: str
    phone: str
    is_active: bool
    created_at: datetime
    last_login: datetime | None
    roles: tuple[str, ...] = ()
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role of an account, with where it holds."""

    id: UUID
    user_id: UUID
    role: Role
    area_level: str
    area_id: UUID | None
    unit_id: UUID | None
    valid_from: datetime
    valid_to: datetime | None
    current: bool
    username: str = ""
    full_name: str = ""
    self_approval: bool = False

    @property
    def may_approve_itself(self) -> bool:
        """Tell whether the right to approve own work can be given with this role."""
        return self.role in SELF_APPROVAL_ROLES


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A role given or ended, as it was written down."""

    at: datetime
    change: str
    by_name: str
    username: str
    full_name: str
    role: Role
    area_level: str
    area_id: UUID | None
    unit_id: UUID | None
    valid_to: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token without its secret."""

    id: UUID
    label: str
    username: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser of the viewer."""

    handle: str
    device: str
    signed_in_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def accounts(
    viewer: Viewer, *, search: str = "", closed: bool | None = None, page: int = 1
) -> tuple[list[AccountRow], int]:
    """Return a page of the staff accounts of the county, and how many there are.

    Args:
        search: part of the user name or the name.
        closed: only closed or only open accounts; None for both.

    Raises:
        Forbidden: the viewer is neither system nor security administrator.
    """
    _must_be(viewer, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    rows = User.objects.filter(tenant_id=viewer.tenant_id, kind=AccountKind.STAFF)
    if search:
        rows = rows.filter(Q(username__icontains=search) | Q(full_name__icontains=search))
    if closed is not None:
        rows = rows.filter(is_active=not closed)
    shown = list(rows.order_by("username")[(page - 1) * PAGE : page * PAGE])
    return _account_rows(shown), rows.count()


def account(viewer: Viewer, *, user_id: UUID) -> AccountRow:
    """Return one staff account.

    Raises:
        Forbidden: the viewer is neither system nor security administrator.
        NotFound: no such account in the county.
    """
    _must_be(viewer, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    found = User.objects.filter(
        id=user_id, tenant_id=viewer.tenant_id, kind=AccountKind.STAFF
    ).first()
    if found is None:
        raise NotFound()
    return _account_rows([found])[0]


def grants(viewer: Viewer, *, user_id: UUID, now: datetime) -> list[GrantRow]:
    """Return the roles of an account, those that hold first, then the latest.

    Raises:
        Forbidden: the viewer is neither security nor system administrator.
    """
    _must_be(viewer, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
    rows = [_grant_row(row, now) for row in RoleGrant.objects.filter(user_id=user_id)]
    return sorted(rows, key=lambda row: (not row.current, -row.valid_from.timestamp()))


def current_roles(
    viewer: Viewer, *, now: datetime, role: str = "", page: int = 1
) -> tuple[list[GrantRow], int]:
    """Return a page of the roles that hold, of everybody or of one role, and how many there are.

    Raises:
        Forbidden: the viewer is not a security administrator.
    """
    _must_be(viewer, Role.SECURITY_ADMIN)
    rows = RoleGrant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    if role:
        rows = rows.filter(role=role)
    shown = list(rows.order_by("-valid_from", "id")[(page - 1) * PAGE : page * PAGE])
    people = _people({row.user_id for row in shown})
    return [_grant_row(row, now, people.get(row.user_id)) for row in shown], rows.count()


def role_changes(viewer: Viewer, *, page: int = 1) -> tuple[list[ChangeRow], int]:
    """Return a page of roles given and ended, newest first, and how many there are.

    Raises:
        Forbidden: the viewer is not an audit administrator.
    """
    _must_be(viewer, Role.AUDIT_ADMIN)
    rows = RoleChange.objects.order_by("-at", "-id")
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return [_change_row(row) for row in shown], rows.count()


def tokens(viewer: Viewer, *, own: bool, page: int = 1) -> tuple[list[TokenRow], int]:
    """Return a page of tokens, the viewer's own or everybody's, newest first.

    Raises:
        Forbidden: everybody's, for somebody who is not a security administrator.
    """
    if own and viewer.user_id is None:
        return [], 0
    rows = ApiToken.objects.all()
    if own and viewer.user_id is not None:
        rows = rows.filter(user_id=viewer.user_id)
    else:
        _must_be(viewer, Role.SECURITY_ADMIN)
    shown = list(rows.order_by("-created_at", "id")[(page - 1) * PAGE : page * PAGE])
    people = _people({row.user_id for row in shown})
    return [_token_row(row, people.get(row.user_id)) for row in shown], rows.count()


def own_sessions(viewer: Viewer, *, this_key: str | None, now: datetime) -> list[SessionRow]:
    """Return the browsers in which the viewer is signed in, the latest first."""
    if viewer.user_id is None:
        return []
    rows = Session.objects.filter(user_id=viewer.user_id, expire_date__gt=now).values_list(
        "session_key", "device", "signed_in_at", "seen_at"
    )
    found = [
        SessionRow(session_handle(key), device, signed_in_at, seen_at, key == this_key)
        for key, device, signed_in_at, seen_at in rows
    ]
    return sorted(
        found,
        key=lambda row: (not row.is_this, -(row.seen_at.timestamp() if row.seen_at else 0.0)),
    )


def masked(phone: str) -> str:
    """Return a phone number with its middle hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


def scope_labels(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return what the scopes of a token allow, in the reader's language."""
    return tuple(str(TokenScope(scope).label) for scope in scopes)


def _must_be(viewer: Viewer, *roles: Role) -> None:
    if not viewer.is_system and not viewer.has(*roles):
        raise Forbidden("forbidden")


def _people(ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = User.objects.filter(id__in=ids).values_list("id", "username", "full_name")
    return {user_id: (username, full_name) for user_id, username, full_name in rows}


def _account_rows(found: list[User]) -> list[AccountRow]:
    ids = [user.id for user in found]
    held: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = RoleGrant.objects.filter(user_id__in=ids, ended_at__isnull=True).order_by("valid_from")
    for user_id, role in rows.values_list("user_id", "role"):
        held[user_id].append(str(Role(role).label))
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    secured = set(
        Authenticator.objects.filter(user_id__in=ids, type__in=kinds).values_list(
            "user_id", flat=True
        )
    )
    return [
        AccountRow(
            id=user.id,
            username=user.username,
            full_name=user.full_name,
            phone=masked(user.phone),
            is_active=user.is_active,
            created_at=user.created_at,
            last_login=user.last_login,
            roles=tuple(dict.fromkeys(held[user.id])),
            has_second_factor=user.id in secured,
        )
        for user in found
    ]


def _grant_row(row: RoleGrant, now: datetime, person: tuple[str, str] | None = None) -> GrantRow:
    username, full_name = person or ("", "")
    return GrantRow(
        id=row.id,
        user_id=row.user_id,
        role=Role(row.role),
        area_level=row.area_level,
        area_id=row.area_id,
        unit_id=row.unit_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        current=row.valid_from <= now and (row.valid_to is None or row.valid_to > now),
        username=username,
        full_name=full_name,
        self_approval=row.self_approval,
    )


def _change_row(row: RoleChange) -> ChangeRow:
    return ChangeRow(
        at=row.at,
        change=str(Change(row.change).label),
        by_name=row.by_name,
        username=row.username,
        full_name=row.full_name,
        role=Role(row.role),
        area_level=row.area_level,
        area_id=row.area_id,
        unit_id=row.unit_id,
        valid_to=row.valid_to,
        reason=row.reason,
    )


def _token_row(row: ApiToken, person: tuple[str, str] | None) -> TokenRow:
    return TokenRow(
        id=row.id,
        label=row.label,
        username=person[0] if person else "",
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def granted(*, area_ids: Iterable[UUID] = (), unit_ids: Iterable[UUID] = ()) -> frozenset[UUID]:
    """Return the areas and units among these that a role is or was granted for."""
    found = RoleGrant.objects.filter(
        Q(area_id__in=list(area_ids)) | Q(unit_id__in=list(unit_ids))
    ).values_list("area_id", "unit_id")
    return frozenset(item for pair in found for item in pair if item is not None)
