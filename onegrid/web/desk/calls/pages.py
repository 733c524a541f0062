"""Lists of calls, and one call for both sides: on a desk and on a phone."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onegrid.calls import code as site_code
from onegrid.calls.queries.calls import CallView, call_by_number, calls, photo, service_log
from onegrid.calls.terms import CALLERS
from onegrid.cases.queries import turn_counts
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Forbidden, NotFound, Refusal
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.desk.calls.deeds import WrongCode, act, field_of, forms_of
from onegrid.web.desk.calls.shared import CALL_ROLES, page_of, pages
from onegrid.web.edge import doing_of, for_roles
from onegrid.web.middleware import Request
from onegrid.web.pictures import picture

SIZE = 50


def frame(request: Request) -> dict[str, Any]:
    """Return what the rail of the desk shows."""
    return {
        "turn": turn_counts(request.viewer),
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


@require_safe
@for_roles(*CALL_ROLES)
def index(request: Request) -> HttpResponse:
    """Show the calls one has to do with: open ones by the time left, or all."""
    which = "all" if request.GET.get("which") == "all" else "open"
    page = page_of(request)
    rows, total = calls(request.viewer, which=which, page=page, size=SIZE)
    context = {
        **frame(request),
        "rows": rows,
        "total": total,
        "which": which,
        "page": page,
        "pages": pages(total, SIZE),
        "may_call": request.viewer.has(*CALLERS),
    }
    return render(request, "desk/calls/index.html", context)


@require_safe
@for_roles(*CALL_ROLES)
def call(request: Request, call: str) -> HttpResponse:
    """Show a call."""
    return _page(request, _view(request, call))


def _view(request: Request, number: str) -> CallView:
    return call_by_number(request.viewer, number=number, now=request.now)


def _page(
    request: Request, view: CallView, refusal: Refusal | None = None, field: str = ""
) -> HttpResponse:
    errors = [] if refusal is None else [{"field": field, "message": text(refusal)}]
    context = {
        **frame(request),
        "view": view,
        "ways": [(way, forms_of(request, way), _photos(way.photos)) for way in view.ways],
        "typed_code": request.GET.get("code", "")[:6],
        "errors": errors,
    }
    status = 200 if refusal is None else refusal.status
    return render(request, "desk/calls/call.html", context, status=status)


def _photos(ids: tuple[UUID, ...]) -> list[dict[str, str]]:
    addresses = [reverse("desk:call_photo", args=[photo_id]) for photo_id in ids]
    return [
        {"url": url, "thumb": f"{url}?thumb=1", "alt": _("Photo of the result")}
        for url in addresses
    ]


@require_POST
@for_roles(*CALL_ROLES)
def do(request: Request, call: str, deed: str) -> HttpResponse:
    """Do something about a call; what was typed is never lost, a wrong code is counted."""
    view = _view(request, call)
    try:
        act_in_savepoint(request, deed, view)
    except NotFound:
        raise
    except Refusal as refusal:
        field = field_of(request, refusal.field)
        response = _page(request, _view(request, call), refusal, field)
        if isinstance(refusal, WrongCode):
            response.keep_writes = True  # type: ignore[attr-defined]
        return response
    messages.success(request, _("Written down. Thank you."))
    return redirect("desk:call", call=call)


def act_in_savepoint(request: Request, deed: str, view: CallView) -> None:
    """Do it; a refusal undoes everything but the count of a wrong code."""
    wrong: WrongCode | None = None
    with transaction.atomic():
        try:
            act(request, deed, view, doing_of(request))
        except WrongCode as found:
            wrong = found
    if wrong is not None:
        raise wrong


@require_safe
@for_roles(*CALLERS)
def code(request: Request, call: str) -> HttpResponse:
    """Show the caller the code of this minute, large, or only the digits when asked again."""
    view = _for_caller(request, call)
    context = {
        **frame(request),
        "view": view,
        "code": site_code.current(view.id, now=request.now),
        "seconds": round((site_code.changes_at(now=request.now) - request.now).total_seconds()),
        "code_url": reverse("desk:call_code", args=[call]),
    }
    part = "HX-Request" in request.headers
    return render(request, f"desk/calls/{'_' if part else ''}code.html", context)


def _for_caller(request: Request, number: str) -> CallView:
    view = _view(request, number)
    if not view.is_caller:
        raise Forbidden("call.not_yours")
    return view


@require_safe
@for_roles(*CALLERS)
def qr(request: Request, call: str) -> HttpResponse:
    """Send the QR code that opens the call on the team's phone with the code of this minute."""
    view = _for_caller(request, call)
    page = request.build_absolute_uri(reverse("desk:call", args=[call]))
    found = segno.make(f"{page}?code={site_code.current(view.id, now=request.now)}", error="m")
    out = io.BytesIO()
    found.save(out, kind="svg", scale=5, border=2, dark="#15302c", light="#ffffff", xmldecl=True)
    return picture(out.getvalue(), "image/svg+xml")


@require_safe
@for_roles(*CALL_ROLES)
def result_photo(request: Request, photo_id: UUID) -> HttpResponse:
    """Send a photo of a result."""
    content, mime = photo(request.viewer, photo_id=photo_id, thumb="thumb" in request.GET)
    return picture(content, mime)


@require_safe
@for_roles(*CALL_ROLES)
def log(request: Request, team_id: UUID) -> HttpResponse:
    """Show the service log of a team."""
    page = page_of(request)
    name, rows, total = service_log(request.viewer, team_id=team_id, page=page, size=SIZE)
    context = {
        **frame(request),
        "team": name,
        "rows": rows,
        "total": total,
        "page": page,
        "pages": pages(total, SIZE),
    }
    return render(request, "desk/calls/log.html", context)
