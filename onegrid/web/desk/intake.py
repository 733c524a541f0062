"""The phone desk: number, history, words, place, preview and receipt on one screen, by keyboard.

Counter, letter, door and talk corner are the same page with another channel chosen.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases import queries
from onegrid.cases.preview import preview
from onegrid.cases.queries.callers import caller
from onegrid.cases.terms import Channel, Kind
from onegrid.common.refusals import Refusal
from onegrid.grids.queries import Choice, address_list
from onegrid.web.casework.entry import Typed, entered, exact, said_of, typed_of
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import scans_of

INTAKE_ROLES = (Role.CALLBACK_AGENT, Role.DISPATCHER, Role.COMMUNITY_CLERK)
CHANNELS = (Channel.PHONE, Channel.COUNTER, Channel.LETTER, Channel.CORNER, Channel.DOOR)
_TEMPLATE = "desk/intake.html"
_MOST_PLACES = 12


@sensitive_post_parameters("phone", "name", "text")
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*INTAKE_ROLES)
def intake(request: Request) -> HttpResponse:
    """Show the page; look up and preview what was typed; or save and show the receipt.

    What was typed is posted, never put into an address: a phone number stands in no log.
    """
    typed = typed_of(request, channel=Channel.PHONE, more=("where",), boxes=("confidential",))
    if request.method != "POST":
        return render(request, _TEMPLATE, _context(request, typed))
    if request.POST.get("do", "") != "save":
        return _checked(request, typed)
    try:
        with transaction.atomic():
            uploads = scans_of(request)
            receipt = entered(request, typed, channels=CHANNELS, uploads=uploads)
    except Refusal as refusal:
        return refused_form(request, _TEMPLATE, _context(request, typed), refusal)
    mine = queries.rows_by_id(request.viewer, ids=[receipt.case_id])
    shown = {"receipt": receipt, "mine": bool(mine), "channel": typed["channel"]}
    return render(request, "desk/intake_done.html", {**shown, **_rail(request)})


def _checked(request: Request, typed: Typed) -> HttpResponse:
    """Show the page with history, places and preview."""
    context = _context(request, typed)
    try:
        if typed["phone"]:
            context["caller"] = caller(request.viewer, phone=typed["phone"], now=request.now)
        context["preview"] = preview(
            request.viewer, request=said_of(request, typed), now=request.now
        )
    except Refusal as refusal:
        return refused_form(request, _TEMPLATE, context, refusal)
    return render(request, _TEMPLATE, {**context, "checked": True})


def _context(request: Request, typed: Typed) -> dict[str, Any]:
    found = _places(request, typed["where"])
    return {
        "values": typed.values,
        "confidential": "confidential" in typed.ticked,
        "key": typed.key,
        "channels": [(name.value, name.label) for name in CHANNELS],
        "kinds": Kind.choices,
        "exact": exact(request.viewer),
        "places": found,
        "searched": bool(typed["where"]),
        **_rail(request),
    }


def _rail(request: Request) -> dict[str, Any]:
    return {
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


def _places(request: Request, words: str) -> list[Choice]:
    """Return buildings and areas that the words name."""
    if not words:
        return []
    found = address_list(on=request.now, search=words)
    return [row for row in found if row.kind != "compound"][:_MOST_PLACES]
