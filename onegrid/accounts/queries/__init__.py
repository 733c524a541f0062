"""Reads of accounts: who is this, what may they do, which county answers at this address."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from onegrid.accounts.models import County, RoleGrant, User
from onegrid.accounts.terms import AccountKind, Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.common.refusals import Invalid, NotFound
from onegrid.common.tenancy.context import current_tenant
from onegrid.common.tenant_cache import TenantCache


def current_grants(*, user_id: UUID, now: datetime) -> tuple[Grant, ...]:
    """Return the grants of an account that hold at ``now``; a removed role is gone at once."""
    rows = (
        RoleGrant.objects.filter(user_id=user_id, valid_from__lte=now)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))
        .order_by("valid_from", "id")
        .values_list("role", "area_level", "area_id", "unit_id", "self_approval")
    )
    return tuple(
        Grant(Role(role), ScopeLevel(level), area_id, unit_id, itself)
        for role, level, area_id, unit_id, itself in rows
    )


def viewer_of(*, user: User, now: datetime, verified: bool) -> Viewer:
    """Build the viewer of a signed-in account.

    Args:
        verified: whether the session has shown what this account needs (second factor for staff);
            without it the viewer holds no role at all.
    """
    staff = user.kind == AccountKind.STAFF
    grants = current_grants(user_id=user.id, now=now) if staff and verified else ()
    return Viewer(
        user_id=user.id,
        tenant_id=user.tenant_id,
        name=user.full_name,
        language=user.language,
        grants=_held(user.kind, grants),
        verified=verified,
    )


def _held(kind: str, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """Return what an account may do: staff what it was granted, a resident what residents may."""
    if kind == AccountKind.STAFF:
        return grants
    return (Grant(role=Role.RESIDENT, level=ScopeLevel.COUNTY),)


#: Token, account and grants in one statement, because every call of the interface begins with it.
_CALLER = """
SELECT u.id, u.full_name, u.language, u.kind, t.scopes,
       g.role, g.area_level, g.area_id, g.unit_id, g.self_approval
FROM accounts_apitoken t
JOIN accounts_user u ON u.id = t.user_id AND u.tenant_id = t.tenant_id AND u.is_active
LEFT JOIN accounts_rolegrant g ON g.tenant_id = t.tenant_id AND g.user_id = t.user_id
  AND g.valid_from <= %(now)s AND (g.valid_to IS NULL OR g.valid_to > %(now)s)
WHERE t.tenant_id = %(tenant)s AND t.token_hash = %(hash)s
  AND t.revoked_at IS NULL AND t.expires_at > %(now)s
ORDER BY g.valid_from, g.id
"""


def token_viewer(*, token: str, now: datetime) -> tuple[Viewer, frozenset[str]] | None:
    """Return the viewer and scopes of a bearer token of the current county, or None."""
    tenant_id = current_tenant()
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"tenant": tenant_id, "hash": hash_token(token), "now": now}
        cursor.execute(_CALLER, given)
        rows = cursor.fetchall()
    if not rows:
        return None
    user_id, name, language, kind, scopes = rows[0][:5]
    grants = tuple(
        Grant(Role(role), ScopeLevel(level), area_id, unit_id, itself)
        for *_, role, level, area_id, unit_id, itself in rows
        if role is not None
    )
    viewer = Viewer(
        user_id=user_id,
        tenant_id=tenant_id,
        name=name,
        language=language,
        grants=_held(kind, grants),
    )
    return viewer, frozenset(scopes)


def phone_number(text: str) -> str:
    """Return a mainland mobile number as eleven digits.

    Raises:
        Invalid: it is something else.
    """
    digits = re.sub(r"[\s()\-.]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if re.fullmatch(r"1[3-9][0-9]{9}", digits) is None:
        raise Invalid("phone.invalid", field="phone")
    return digits


def session_handle(session_key: str) -> str:
    """Return a name for a session that may stand on a page; the key itself opens the account."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]


def hash_token(token: str) -> str:
    """Return what is stored of a bearer token (256 random bits need no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


def county_codes() -> list[int]:
    """Return the codes of all counties, for timers that go from one to the next."""
    return list(County.objects.order_by("code").values_list("code", flat=True))


class CountyDirectory:
    """Which county answers at an address; kept in memory for a short time."""

    KEEP = timedelta(seconds=30)

    def __init__(self) -> None:
        self._read_at: datetime | None = None
        self._hosts: dict[str, int] = {}
        self._codes: tuple[int, ...] = ()

    def county_at(self, *, host: str, default: int, now: datetime) -> int | None:
        """Return the county code for a host name, the default, the only county, or None."""
        fresh = self._read_at is not None and self._read_at <= now <= self._read_at + self.KEEP
        if not fresh or not self._codes:
            rows = list(County.objects.order_by("created_at").values_list("code", "hosts"))
            self._hosts = {name: code for code, hosts in rows for name in hosts}
            self._codes = tuple(code for code, _ in rows)
            self._read_at = now
        if host in self._hosts:
            return self._hosts[host]
        if default in self._codes:
            return default
        return self._codes[0] if len(self._codes) == 1 else None


def real_counties() -> tuple[int, ...]:
    """Return the codes of the counties that are not demos."""
    found = County.objects.filter(is_demo=False).order_by("code")
    return tuple(found.values_list("code", flat=True))


def viewer_by_id(*, user_id: UUID, now: datetime) -> Viewer:
    """Return the viewer of an account, for the product's own imports and the demo.

    Raises:
        NotFound: there is no such account.
    """
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise NotFound()
    return viewer_of(user=user, now=now, verified=True)


def own_phone(viewer: Viewer) -> str:
    """Return the number a resident signs in with; empty for everybody else."""
    if viewer.user_id is None or not viewer.has(Role.RESIDENT):
        return ""
    found = User.objects.filter(id=viewer.user_id, kind=AccountKind.RESIDENT)
    return found.values_list("phone", flat=True).first() or ""


_county_name: TenantCache[str] = TenantCache(
    lambda: County.objects.values_list("name", flat=True).get(code=current_tenant()), seconds=60.0
)


def county_name() -> str:
    """Return the name of the current county, at most a minute old."""
    return _county_name.get()
