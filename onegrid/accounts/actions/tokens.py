"""Make and revoke API tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onegrid.accounts.actions.rights import account_of, must_be
from onegrid.accounts.models import ApiToken
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import Role, TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound

LONGEST = timedelta(days=365)
_LABEL_MAX = 64
_PREFIX = "og_"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; the secret is shown once and kept nowhere."""

    token_id: UUID
    secret: str


def create_token(
    *,
    viewer: Viewer,
    label: str,
    scopes: Iterable[str],
    expires_at: datetime,
    now: datetime,
    key: UUID | None = None,
) -> NewToken:
    """Make a token that acts as the viewer, within its scopes.

    Args:
        expires_at: at most a year ahead.
        key: identity of the request; a replayed form makes no second token.

    Raises:
        Forbidden: nobody has signed in fully.
        Invalid: label, scopes or end cannot be.
        Conflict: the form was sent before; the secret is not shown again.
    """
    if viewer.user_id is None or not viewer.verified:
        raise Forbidden("forbidden")
    name = " ".join(label.split())
    if not 1 <= len(name) <= _LABEL_MAX or not name.isprintable():
        raise Invalid("token.label", field="label", most=_LABEL_MAX)
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(TokenScope.values):
        raise Invalid("token.scopes", field="scopes")
    if not now < expires_at <= now + LONGEST:
        raise Invalid("token.end", field="expires_at", days=LONGEST.days)
    if key is not None and ApiToken.objects.filter(id=key).exists():
        raise Conflict("token.shown_once")
    secret = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        id=key or uuid7(),
        user_id=viewer.user_id,
        label=name,
        token_hash=hash_token(secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    return NewToken(row.id, secret)


def revoke_token(*, viewer: Viewer, token_id: UUID, now: datetime) -> None:
    """Revoke a token: the own one, or anybody's as security administrator. Twice changes nothing.

    Raises:
        NotFound: no such token that the viewer may revoke.
    """
    row = ApiToken.objects.filter(id=token_id).first()
    if row is None:
        raise NotFound()
    if row.user_id != viewer.user_id:
        must_be(viewer, Role.SECURITY_ADMIN)
        account_of(viewer, row.user_id)
    ApiToken.objects.filter(id=token_id, revoked_at__isnull=True).update(revoked_at=now)
