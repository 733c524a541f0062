"""Sign-in of staff: allauth's pages, with what they leave open.

A changed second factor ends all other sessions and counts as shown in this one; a repeated sign-in
gives the session a new id; signing out clears what the browser keeps.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onegrid.accounts.actions import drop_sessions
from onegrid.accounts.adapters import MfaAdapter


class LoginView(account.LoginView):  # type: ignore[misc]
    """User name and password; passkey and OpenID beside them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        openid = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        return {**super().get_context_data(**kwargs), "openid": openid}


class LogoutView(account.LogoutView):  # type: ignore[misc]
    """Signing out also clears caches and stored drafts of this browser."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class _NewSessionId:
    """A repeated sign-in gives the session a new id, like the first one."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        self.request.session.cycle_key()
        return response


class ReauthenticateView(_NewSessionId, account.ReauthenticateView):  # type: ignore[misc]
    """Password again before something sensitive."""


class MfaReauthenticateView(_NewSessionId, base.ReauthenticateView):  # type: ignore[misc]
    """Code again before something sensitive."""


class ReauthenticateKeyView(_NewSessionId, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Passkey again before something sensitive."""


class PasswordView(account.PasswordChangeView):  # type: ignore[misc]
    """A new password of one's own; residents have none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_profile")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class _FactorChange:
    """A changed second factor ends the other sessions and gives this one a new id."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        user_id = self.request.user.pk
        assert user_id is not None
        self.request.session.cycle_key()
        drop_sessions(user_id=user_id, keep=self.request.session.session_key)
        return response


class _FactorAdded(_FactorChange):
    """Setting a factor up has shown that it is in hand: it counts as shown in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", added=True)
        return response


class ActivateTotp(_FactorAdded, totp.ActivateTOTPView):  # type: ignore[misc]
    """Scan a picture, type the code."""


class AddKey(_FactorAdded, webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey or security key."""


class DeactivateTotp(_FactorChange, totp.DeactivateTOTPView):  # type: ignore[misc]
    """Take the authenticator app away."""


class RemoveKey(_FactorChange, webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """Take a passkey away, unless it is the last factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not MfaAdapter().can_delete_authenticator(self.get_object()):
            last = _("This is your last second factor. Add another one first.")
            messages.error(self.request, last)
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


class GenerateCodes(_FactorChange, codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes; the old ones stop working."""


login = LoginView.as_view()
logout = LogoutView.as_view()
inactive = account.account_inactive
reauthenticate = ReauthenticateView.as_view()
password_change = PasswordView.as_view()
index = base.index
authenticate = base.authenticate
mfa_reauthenticate = MfaReauthenticateView.as_view()
activate_totp = ActivateTotp.as_view()
deactivate_totp = DeactivateTotp.as_view()
view_codes = codes.view_recovery_codes
generate_codes = GenerateCodes.as_view()
download_codes = codes.download_recovery_codes
list_keys = webauthn.list_webauthn
add_key = AddKey.as_view()
login_key = webauthn.login_webauthn
reauthenticate_key = ReauthenticateKeyView.as_view()
remove_key = RemoveKey.as_view()
