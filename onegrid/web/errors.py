"""Pages for what went wrong: they say what to do next."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal


def second_factor_shown(request: HttpRequest) -> bool:
    """Tell whether this session has passed the second factor.

    allauth records each method of the account that is signed in: ``mfa`` for a one-time code, a
    recovery code or a passkey, ``socialaccount`` for an OpenID issuer, which asks for two factors
    itself. A record of another account does not count.
    """
    if not settings.STAFF_MFA_REQUIRED:
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") in {"mfa", "socialaccount"} for record in records)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Render a typed refusal."""
    own = refusal.status in {403, 404}
    name = f"errors/{refusal.status}.html" if own else "errors/refused.html"
    return render(request, name, {"message": text(refusal)}, status=refusal.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page was too old or came from another site."""
    message = text(Refusal("form.expired"))
    return render(request, "errors/refused.html", {"message": message}, status=403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer while the database is restarting: what was typed is shown back, nothing is lost."""
    hidden = {"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code"}
    typed = [(key, value) for key, value in request.POST.items() if value and key not in hidden]
    page = render(None, "errors/503.html", {"typed": typed, "path": request.path}, status=503)
    page.headers["Retry-After"] = "5"
    return page


def no_county(request: HttpRequest) -> HttpResponse:
    """Answer at an address that no county claims."""
    return render(None, "errors/no_county.html", {}, status=404)
