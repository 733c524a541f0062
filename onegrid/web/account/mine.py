"""One's own account: name, browsers signed in, API tokens, the way home."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onegrid.accounts import actions
from onegrid.accounts.queries import admin as queries
from onegrid.accounts.terms import TokenScope
from onegrid.common.refusals import NotFound, Refusal
from onegrid.web.edge import key_of, new_key, refused_form
from onegrid.web.home import home_of
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_DAYS = (30, 90, 180, 365)


@require_GET
def home(request: Request) -> HttpResponse:
    """Lead to the reader's own desk."""
    return redirect(home_of(request.viewer))


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """Show the account and let a resident say how to be addressed."""
    phone = queries.masked(getattr(request.user, "phone", ""))
    context = {"name": request.viewer.name, "phone": phone, "home": home_of(request.viewer)}
    if request.method == "GET":
        return render(request, "account/profile.html", context)
    try:
        actions.name_resident(
            viewer=request.viewer, full_name=request.POST.get("full_name", ""), now=request.now
        )
    except Refusal as refusal:
        typed = {**context, "name": request.POST.get("full_name", "")}
        return refused_form(request, "account/profile.html", typed, refusal)
    messages.success(request, _("Saved."))
    return redirect("account_profile")


@login_required
@require_GET
def sessions(request: Request) -> HttpResponse:
    """List the browsers in which the reader is signed in."""
    rows = queries.own_sessions(
        request.viewer, this_key=request.session.session_key, now=request.now
    )
    return render(request, "account/sessions.html", {"rows": rows})


@login_required
@require_POST
def end_session(request: Request) -> HttpResponse:
    """End one session, or all but this one."""
    handle = request.POST.get("handle", "")
    user_id = request.viewer.user_id
    if handle:
        actions.end_own_session(viewer=request.viewer, handle=handle, now=request.now)
    elif user_id is not None:
        actions.drop_sessions(user_id=user_id, keep=request.session.session_key)
    messages.success(request, _("Signed out there."))
    return redirect("account_sessions")


@login_required
@fresh_proof()
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    """List the reader's API tokens and make one; its secret is shown once, on this answer only."""
    context = _token_context(request)
    if request.method == "GET":
        return render(request, "account/tokens.html", context)
    try:
        made = actions.create_token(
            viewer=request.viewer,
            label=request.POST.get("label", ""),
            scopes=request.POST.getlist("scopes"),
            expires_at=request.now + timedelta(days=_days(request)),
            now=request.now,
            key=key_of(request),
        )
    except Refusal as refusal:
        typed = {
            "label": request.POST.get("label", ""),
            "chosen": request.POST.getlist("scopes"),
            "key": request.POST.get("key", ""),
        }
        return refused_form(request, "account/tokens.html", {**context, **typed}, refusal)
    return render(
        request, "account/tokens.html", {**_token_context(request), "secret": made.secret}
    )


@login_required
@require_POST
def revoke(request: Request) -> HttpResponse:
    """Revoke a token of one's own."""
    try:
        token_id = UUID(request.POST.get("token", ""))
    except ValueError as error:
        raise NotFound() from error
    actions.revoke_token(viewer=request.viewer, token_id=token_id, now=request.now)
    messages.success(request, _("The token no longer works."))
    return redirect("account_tokens")


def _token_context(request: Request) -> dict[str, object]:
    rows, total = queries.tokens(request.viewer, own=True)
    return {
        "rows": [(row, queries.scope_labels(row.scopes)) for row in rows],
        "total": total,
        "scopes": TokenScope.choices,
        "days": [(days, days) for days in _DAYS],
        "key": new_key(),
    }


def _days(request: Request) -> int:
    typed = request.POST.get("days", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0
