"""Follow an area by e-mail: ask, confirm, leave."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from onegrid.common.refusals import Invalid, Refusal
from onegrid.outreach import actions
from onegrid.outreach.actions import Wish
from onegrid.web import throttle
from onegrid.web.edge import refused_form
from onegrid.web.middleware import Request
from onegrid.web.public.published import choices

TRIES, SECONDS = 20, 3600


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Request) -> HttpResponse:
    """Take address, area and category; nothing is sent before the address is confirmed."""
    given = request.POST if request.method == "POST" else request.GET
    values = {name: given.get(name, "").strip()[:300] for name in ("email", "area", "category")}
    context = {"values": values, **choices(request.viewer.language, request.now)}
    if request.method != "POST":
        return render(request, "public/follow.html", context)
    try:
        throttle.check(request, "follow.often", most=TRIES, seconds=SECONDS)
        actions.follow(wish=_wish(request, values), now=request.now)
    except Refusal as refusal:
        return refused_form(request, "public/follow.html", context, refusal)
    throttle.failed(request, "follow.often", seconds=SECONDS)
    return render(request, "public/follow_sent.html", context)


def _wish(request: Request, values: dict[str, str]) -> Wish:
    try:
        area = UUID(values["area"]) if values["area"] else None
    except ValueError as error:
        raise Invalid("follow.area", field="area") from error
    site = request.build_absolute_uri("/").rstrip("/")
    return Wish(values["email"], area, values["category"], request.viewer.language, site)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """Show the button that confirms, or confirm: a look at the link alone confirms nothing."""
    if request.method != "POST":
        return _private(render(request, "public/follow_button.html", {"leaving": False}))
    what = actions.confirm(token=token, now=request.now)
    return _private(render(request, "public/follow_done.html", {"what": what, "leaving": False}))


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, token: str) -> HttpResponse:
    """Show the button that leaves, or leave."""
    if request.method != "POST":
        return _private(render(request, "public/follow_button.html", {"leaving": True}))
    actions.leave(token=token)
    return _private(render(request, "public/follow_done.html", {"leaving": True}))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
