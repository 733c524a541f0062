"""What stands before every page of people who have signed in: limits, password, second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from onegrid.accounts import session_limits
from onegrid.accounts.viewer import Viewer

#: Pages that open whatever is missing.
_ALWAYS = frozenset(
    {"account_logout", "account_home", "set_language", "display", "healthz", "readyz"}
)
#: Pages about password and second factor, which residents do not have.
_STAFF_ONLY = ("mfa_", "account_reauthenticate", "account_change_password")
#: Pages on which a temporary password is replaced.
_PASSWORD = _ALWAYS | {"account_change_password"}
#: Pages on which a second factor is set up.
_SETUP = _PASSWORD | {
    "account_end_session",
    "account_reauthenticate",
    "account_sessions",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
}


def has_run_out(request: HttpRequest) -> bool:
    """Sign out a session that is over its limits; tell whether it was."""
    user = request.user
    staff = bool(getattr(user, "is_staff_account", True))
    now = getattr(request, "now", None) or timezone.now()
    if not session_limits.has_begun(request.session):
        agent = request.headers.get("User-Agent", "")
        session_limits.begin(request.session, staff=staff, user_agent=agent, now=now)
    if session_limits.goes_on(request.session, staff=staff, now=now):
        return False
    logout(request)
    messages.info(request, _("You were signed out because nothing happened for a while."))
    return True


class StaffGate:
    """Leads staff to an own password and a second factor; until then nothing else opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if viewer.user_id is None:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if not getattr(request.user, "is_staff_account", True) and name.startswith(_STAFF_ONLY):
            said = _("Residents sign in by a code on their phone and have no password.")
            messages.info(request, said)
            return redirect("account_profile")
        if _password_is_temporary(request):
            return None if name in _PASSWORD else redirect("account_change_password")
        if not viewer.verified and name not in _SETUP:
            return redirect("mfa_index")
        return None


def _password_is_temporary(request: HttpRequest) -> bool:
    """Tell whether the session was opened by a password that somebody else has set."""
    user = request.user
    if not getattr(user, "password_is_temporary", False):
        return False
    records = get_authentication_records(request, user)
    return any(record.get("method") == "password" for record in records)
