"""How allauth fits in: no sign-up, one county, sessions with limits, encrypted secrets."""

from __future__ import annotations

import base64
import hashlib
import io
import time
from typing import Any

import segno
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import SignupClosedException
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from onegrid.accounts import session_limits
from onegrid.accounts.actions import link_openid, own_password_changed
from onegrid.accounts.models import User
from onegrid.accounts.terms import AccountKind

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff accounts are made by administrators and open in their own county only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count tries per account and address, and loosely per account.

        Somebody else's wrong tries thus do not lock an account for the owner's address; a passkey
        opens it in any case.
        """
        super().pre_authenticate(request, **credentials)
        name = str(credentials.get("username", "")).lower()
        if not ratelimit.consume(
            request, app="allauth.account", action="login_failed_account", key=name
        ):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        name = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{self.get_client_ip(request)}:{name}"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and _at_home(request, user) else None

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if not _at_home(request, user):
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        session_limits.begin(
            request.session,
            staff=user.is_staff_account,
            user_agent=request.headers.get("User-Agent", ""),
            now=getattr(request, "now", None) or timezone.now(),
        )

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        user.password_is_temporary = False
        own_password_changed(user_id=user.id, keep_session=context.request.session.session_key)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again unless this session has shown password or factor in the last ten minutes."""
        records = get_authentication_records(context.request, context.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        return bool(time.time() - latest >= account_settings.REAUTHENTICATION_TIMEOUT)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: accounts have no mail address."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An OpenID login is only for a member of staff whose account exists."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link an issuer's subject to the account its claim names, at the first login.

        Raises:
            SignupClosedException: nobody here is meant.
        """
        if sociallogin.is_existing:
            return
        data = sociallogin.account.extra_data
        claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
        name = str(claims.get(settings.OIDC_CLAIM) or "")
        user = link_openid(tenant_id=request.tenant_id, username=name)  # type: ignore[attr-defined]
        if user is None:
            raise SignupClosedException
        sociallogin.account.extra_data = {}
        sociallogin.connect(request, user)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: accounts have no mail address."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets encrypted, the last one stays while it is required."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not settings.STAFF_MFA_REQUIRED or authenticator.user.kind != AccountKind.STAFF:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=_FACTORS)
        return bool(others.exclude(id=authenticator.id).exists())

    def build_totp_svg(self, url: str) -> str:
        out = io.BytesIO()
        segno.make(url, error="m", micro=False).save(out, kind="svg", scale=5, light="#fff")
        return out.getvalue().decode()


def _at_home(request: HttpRequest, user: User) -> bool:
    """Tell whether an account belongs to the county of this address."""
    return bool(user.tenant_id == getattr(request, "tenant_id", user.tenant_id))


def _cipher() -> MultiFernet:
    """Return the cipher of the signing keys, so that key rotation covers it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(_derived(key)) for key in keys)


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"onegrid.mfa:{key}".encode()).digest())
