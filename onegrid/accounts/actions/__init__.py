"""Writes of accounts. Every action is keyword-only, takes ``now`` and refuses with a typed code."""

from onegrid.accounts.actions.counties import create_county
from onegrid.accounts.actions.grants import end_role, grant_role, set_self_approval
from onegrid.accounts.actions.people import (
    Created,
    add_authenticator,
    change_language,
    create_staff,
    disable_user,
    enable_user,
    ensure_resident,
    link_openid,
    name_resident,
    own_password_changed,
    reset_second_factor,
    set_password,
)
from onegrid.accounts.actions.sessions import (
    drop_sessions,
    end_own_session,
    end_sessions,
    forget_expired,
)
from onegrid.accounts.actions.tokens import NewToken, create_token, revoke_token

__all__ = [
    "Created",
    "NewToken",
    "add_authenticator",
    "change_language",
    "create_county",
    "create_staff",
    "create_token",
    "disable_user",
    "drop_sessions",
    "enable_user",
    "end_own_session",
    "end_role",
    "end_sessions",
    "ensure_resident",
    "forget_expired",
    "grant_role",
    "link_openid",
    "name_resident",
    "own_password_changed",
    "reset_second_factor",
    "revoke_token",
    "set_password",
    "set_self_approval",
]
