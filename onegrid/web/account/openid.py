"""Sign-in through the county's OpenID issuer; signature and nonce of the id token are checked."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.utils import respond_to_login_on_get
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
    OAuth2View,
)
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


class CheckingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Trusts the id token because of its signature, not because of the way it came."""

    #: what this browser's request to the issuer carried; set once its state is known
    nonce = ""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Build the login from an id token and what the issuer says of the same subject.

        Raises:
            OAuth2Error: there is no id token, or the two are about different people.
        """
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("the issuer sent no id token")
        found = super().complete_login(request, app, token, **kwargs)
        told = found.account.extra_data
        if "userinfo" in told and told["userinfo"].get("sub") != told["id_token"]["sub"]:
            raise OAuth2Error("id token and userinfo are about different people")
        return found

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        given = str(claims.get("nonce", ""))
        if not self.nonce or not hmac.compare_digest(given.encode(), self.nonce.encode()):
            raise OAuth2Error("the id token was made for another request")
        return claims


class NonceLogin(OAuth2LoginView):  # type: ignore[misc]
    """Sends a nonce along and keeps it beside the state, in the session."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        provider = self.get_provider()
        asked: HttpResponseBase | None = respond_to_login_on_get(request, provider)
        if asked is not None:
            return asked
        wish = provider.get_redirect_from_request_kwargs(request)
        nonce = secrets.token_urlsafe(32)
        wish["auth_params"] = {**wish["auth_params"], "nonce": nonce}
        sent: HttpResponseBase = provider.redirect(request, nonce=nonce, **wish)
        return sent


class NonceCallback(OAuth2CallbackView):  # type: ignore[misc]
    """Hands the nonce of the state to the adapter, which compares it."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, refused = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, refused


def serve(view: type[OAuth2View], request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Let a view speak with one issuer.

    Raises:
        Http404: there is no such issuer.
    """
    try:
        response: HttpResponseBase = view.adapter_view(CheckingAdapter(request, provider_id))(
            request
        )
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return response
