"""Doors to the county's OpenID issuer; what stands behind them is loaded by the first to knock.

A county without an issuer never pays for it: the libraries take 14 MB in every process.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the reader to the issuer."""
    _check_known()
    from onegrid.web.account.openid import NonceLogin, serve

    return serve(NonceLogin, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take the reader back from the issuer."""
    _check_known()
    from onegrid.web.account.openid import NonceCallback, serve

    return serve(NonceCallback, request, provider_id)


def _check_known() -> None:
    if not settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
        raise Http404
