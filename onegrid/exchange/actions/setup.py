"""What the system administrator sets up: where other systems are, and what their words mean."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases.reference import category_by_code
from onegrid.common.refusals import Forbidden, Invalid, NotFound
from onegrid.common.sealed import seal
from onegrid.exchange.models import Mapping, Partner
from onegrid.exchange.ports import Caller
from onegrid.exchange.queries import area_by_code
from onegrid.exchange.terms import MapKind, System

_SECRET_MIN = 24


def new_secret() -> str:
    """Return a fresh secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def check_admin(viewer: Viewer) -> None:
    """Let only system administrators and the product itself pass.

    Raises:
        Forbidden: the viewer is somebody else.
    """
    if not (viewer.is_system or viewer.has(Role.SYSTEM_ADMIN)):
        raise Forbidden("forbidden")


def set_partner(
    *,
    viewer: Viewer,
    system: str,
    url: str,
    key_id: str,
    secret: str,
    is_active: bool,
    caller: Caller | None,
    now: datetime,
) -> None:
    """Say where another system of the county is; an empty secret keeps the one that stands.

    Args:
        caller: looks whether the address may be called; None: nothing is called there.

    Raises:
        Forbidden: the viewer is not a system administrator.
        Invalid: the address may not be called, or key or secret are missing.
    """
    check_admin(viewer)
    if system not in System.values:
        raise Invalid("exchange.system", field="system")
    if not key_id.strip():
        raise Invalid("exchange.key_id", field="key_id")
    if caller is not None:
        caller.check(url)
    there = Partner.objects.filter(system=system).first()
    if (secret or there is None) and len(secret) < _SECRET_MIN:
        raise Invalid("exchange.secret", field="secret", least=_SECRET_MIN)
    Partner.objects.update_or_create(
        system=system,
        defaults={
            "url": url.strip().rstrip("/"),
            "key_id": key_id.strip()[:64],
            "secret": seal(secret) if secret else (there.secret if there else ""),
            "is_active": is_active,
            "changed_at": now,
        },
    )


def map_word(
    *,
    viewer: Viewer,
    system: str,
    kind: str,
    theirs: str,
    their_name: str,
    ours: str,
    now: datetime,
) -> None:
    """Say what a word of the other side is called here; the same word again changes its row.

    Raises:
        Forbidden: the viewer is not a system administrator.
        Invalid: a field is empty, or the county has no such category or place.
    """
    check_admin(viewer)
    if system not in System.values or kind not in MapKind.values:
        raise Invalid("exchange.system", field="system")
    if not 0 < len(theirs.strip()) <= 64:
        raise Invalid("exchange.theirs", field="theirs", most=64)
    known = category_by_code(ours) if kind == MapKind.CATEGORY else area_by_code(ours, on=now)
    if known is None:
        raise Invalid(f"exchange.no_{kind}", field="ours", code=ours)
    Mapping.objects.update_or_create(
        system=system,
        kind=kind,
        theirs=theirs.strip(),
        defaults={"their_name": their_name.strip()[:80], "ours": ours},
    )


def unmap_word(*, viewer: Viewer, mapping_id: UUID) -> None:
    """Remove a row of the mapping table; orders that came before keep what they were given.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: the row is gone already.
    """
    check_admin(viewer)
    removed, _ = Mapping.objects.filter(id=mapping_id).delete()
    if not removed:
        raise NotFound("exchange.mapping_not_found")
