"""What pages share at the edge: reading a form, its idempotency key, and answering refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from onegrid.accounts.terms import Role
from onegrid.cases.actions import Doing
from onegrid.cases.terms import Channel
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Forbidden, Invalid, Refusal
from onegrid.web.middleware import Request

View = Callable[..., HttpResponse]


def new_key() -> str:
    """Return a fresh idempotency key for a form; it travels in the hidden field ``key``."""
    return str(uuid4())


def key_of(request: HttpRequest) -> UUID:
    """Return the idempotency key of a form.

    Raises:
        Invalid: it is missing or was changed.
    """
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise Invalid("form.key", field="key") from error


def doing_of(request: Request, *, channel: str = Channel.WEB, as_reporter: bool = False) -> Doing:
    """Return who does what and when, for an action on a case."""
    return Doing(
        viewer=request.viewer,
        now=request.now,
        key=key_of(request),
        channel=channel,
        as_reporter=as_reporter,
    )


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Let a page be opened by these roles only, after the second factor where one is needed.

    Nobody signed in: to the sign-in page and back. No second factor shown: to set it up.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer = request.viewer
            if viewer.user_id is None:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if not viewer.verified:
                return redirect("mfa_index")
            if not viewer.has(*roles):
                raise Forbidden("forbidden")
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def refused_form(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal
) -> HttpResponse:
    """Show a form again with what was typed and one error, linked to its field.

    The template finds ``errors``: a list of {"field", "message"}; the key stays the same so that a
    corrected form is still the same request.
    """
    errors = [{"field": refusal.field or "", "message": text(refusal)}]
    status = refusal.status if refusal.status in {403, 404, 409, 413, 429} else 422
    return render(request, template, {**context, "errors": errors}, status=status)
