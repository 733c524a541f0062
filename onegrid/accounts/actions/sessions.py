"""End sessions: one's own, everybody's of an account, those that have expired."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.accounts.actions.rights import account_of, must_be
from onegrid.accounts.models import Session
from onegrid.accounts.queries import session_handle
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import NotFound


def end_sessions(*, viewer: Viewer, user_id: UUID, now: datetime) -> int:
    """End all sessions of an account; return how many there were.

    Raises:
        Forbidden: the viewer is not a system administrator.
        NotFound: no such account in the viewer's county.
    """
    if viewer.user_id != user_id:
        must_be(viewer, Role.SYSTEM_ADMIN)
    account_of(viewer, user_id)
    return drop_sessions(user_id=user_id)


def end_own_session(*, viewer: Viewer, handle: str, now: datetime) -> None:
    """End one of the viewer's sessions, named by its handle.

    Raises:
        NotFound: the viewer has no such session.
    """
    keys = Session.objects.filter(user_id=viewer.user_id).values_list("session_key", flat=True)
    key = next((key for key in keys if session_handle(key) == handle), None)
    if viewer.user_id is None or key is None:
        raise NotFound()
    Session.objects.filter(session_key=key).delete()


def drop_sessions(*, user_id: UUID, keep: str | None = None) -> int:
    """Remove the sessions of an account, except one key; return how many were removed."""
    rows = Session.objects.filter(user_id=user_id)
    removed, _ = (rows if keep is None else rows.exclude(session_key=keep)).delete()
    return removed


def forget_expired(*, now: datetime) -> int:
    """Remove sessions that have run out; return how many."""
    removed, _ = Session.objects.filter(expire_date__lt=now).delete()
    return removed
