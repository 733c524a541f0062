"""Who may change accounts and grants."""

from __future__ import annotations

from uuid import UUID

from onegrid.accounts.models import User
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Forbidden, NotFound


def must_be(viewer: Viewer, role: Role) -> None:
    """Let only the administrator of a kind, or the product itself, pass.

    Raises:
        Forbidden: somebody else, or a second factor has not been shown.
    """
    if not viewer.is_system and not (viewer.verified and viewer.has(role)):
        raise Forbidden("forbidden")


def must_not_be_self(viewer: Viewer, user_id: UUID) -> None:
    """Let nobody change the own account or grants.

    Raises:
        Forbidden: the account is the viewer's own.
    """
    if viewer.user_id == user_id:
        raise Forbidden("account.not_own")


def account_of(viewer: Viewer, user_id: UUID, *, lock: bool = False) -> User:
    """Return an account of the viewer's county.

    Raises:
        NotFound: there is none; one of another county is the same as none.
    """
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = rows.filter(id=user_id, tenant_id=viewer.tenant_id).first()
    if user is None:
        raise NotFound()
    return user
