"""Before something sensitive: a proof of sign-in that is at most ten minutes old (trust.md S19)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from onegrid.web.middleware import Request

View = Callable[..., HttpResponse]


def fresh_proof(*, back_to: str = "", reading: bool = True) -> Callable[[View], View]:
    """Let a view run only after password, code, passkey or a sign-in within ten minutes.

    Whoever has password or factor is asked for it and comes back, a form that was sent included.
    Whoever has neither (sign-in by OpenID or by a code on the phone) signs in once more.

    Args:
        back_to: page to come back to, with the same query, for a view that sends a file: a browser
            would stay on the question otherwise.
        reading: whether only looking at the page needs the proof as well.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            only_looks = request.method in {"GET", "HEAD"} and not reading
            if only_looks or not get_adapter().is_reauthentication_required(app=""):
                return view(request, *args, **kwargs)
            return _ask(request, back_to)

        return guarded

    return decorate


def _ask(request: Request, back_to: str) -> HttpResponse:
    methods = get_adapter().get_reauthentication_methods(request.user)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    where = f"{reverse(back_to) if back_to else request.path}{query}"
    if not methods:
        page = settings.LOGIN_URL if request.viewer.is_staff else "signin"
        logout(request)
        messages.info(request, _("This is sensitive: please sign in once more, then go on."))
        return redirect_to_login(where, reverse(page))
    if not back_to:
        raise ReauthenticationRequired
    messages.info(request, _("Confirm that it is you, then ask for the file once more."))
    return redirect(f"{methods[0]['url']}?{urlencode({'next': where})}")
