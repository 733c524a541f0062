"""Sign-in of residents: a phone number, then the code sent to it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onegrid.accounts.actions import phone as codes
from onegrid.common.refusals import Refusal
from onegrid.notices.actions import queue
from onegrid.web.edge import refused_form
from onegrid.web.middleware import Request

_KEPT = "phone_sign_in"


@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """Ask for the number and send a code; the answer is the same for every number."""
    if request.viewer.user_id is not None:
        return redirect("account_home")
    if request.method == "GET":
        return render(request, "account/signin.html", {"next": request.GET.get("next", "")})
    typed = request.POST.get("phone", "")
    browser = secrets.token_urlsafe(32)
    try:
        issued = codes.issue_code(
            phone=typed,
            browser=browser,
            address=get_adapter().get_client_ip(request),
            county_day_cap=settings.SMS_DAY_CAP,
            now=request.now,
        )
    except Refusal as refusal:
        context = {"phone": typed, "next": request.POST.get("next", "")}
        return refused_form(request, "account/signin.html", context, refusal)
    _send(request, issued)
    request.session[_KEPT] = {
        "phone": issued.phone,
        "browser": browser,
        "next": _own_address(request, request.POST.get("next", "")),
    }
    return redirect("signin_code")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enter(request: Request) -> HttpResponse:
    """Take the code; a wrong try is counted although the form is refused."""
    kept = request.session.get(_KEPT)
    if kept is None or request.viewer.user_id is not None:
        return redirect("signin" if kept is None else "account_home")
    context = {"phone": f"{kept['phone'][:3]} **** {kept['phone'][-4:]}", "valid": codes.VALID}
    if request.method == "GET":
        return render(request, "account/signin_code.html", context)
    try:
        user_id = codes.verify_code(
            phone=kept["phone"],
            browser=kept["browser"],
            code=request.POST.get("code", ""),
            now=request.now,
            language=_language(request),
        )
    except Refusal as refusal:
        response = refused_form(request, "account/signin_code.html", context, refusal)
        response.keep_writes = True  # type: ignore[attr-defined]
        return response
    del request.session[_KEPT]
    user = get_user_model()._default_manager.get(pk=user_id)
    get_adapter().login(request, user)
    record_authentication(request, user, "code")
    return redirect(kept["next"] or "account_home")


def _send(request: Request, issued: codes.Issued) -> None:
    minutes = codes.VALID // timedelta(minutes=1)
    queue(
        channel="sms",
        recipient=issued.phone,
        template="login_code",
        params={"code": issued.code, "minutes": str(minutes)},
        language=_language(request),
        dedupe_key=f"login_code:{issued.code_id}",
        now=request.now,
        expires_at=issued.expires_at,
    )


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))


def _own_address(request: HttpRequest, address: str) -> str:
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if ours else ""
