"""System administrator: the hotline's address and key, the mapping table, messages in trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases.reference import categories
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.exchange import actions, queries
from onegrid.exchange.terms import MapKind, System
from onegrid.grids.queries import areas
from onegrid.integrations import hooks
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

_TYPED = ("url", "key_id", "kind", "theirs", "their_name", "ours")
_LEVELS = ("street", "community", "grid")


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def exchange(request: Request) -> HttpResponse:
    """Show the exchange with the hotline; set it up, map a word, send a message again."""
    if request.method == "GET":
        return render(request, "admin/exchange.html", _context(request))
    do = _ACTS.get(request.POST.get("action", ""))
    if do is None:
        raise Invalid("form.expired")
    try:
        do(request)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        typed = {name: request.POST.get(name, "") for name in _TYPED}
        context = {**_context(request), **typed, "active": "active" in request.POST}
        return refused_form(request, "admin/exchange.html", context, refusal)
    return redirect("admin:exchange")


def _context(request: Request) -> dict[str, Any]:
    viewer, now = request.viewer, request.now
    found = queries.partners(viewer)
    partner = next((row for row in found if row.system == System.HOTLINE), None)
    places = {row.code: row.name for level in _LEVELS for row in areas(level=level, on=now)}
    matters = {row.code: row.label(request.LANGUAGE_CODE) for row in categories.get().values()}
    rows = [
        (row, (matters if row.kind == MapKind.CATEGORY else places).get(row.ours, ""))
        for row in queries.mappings(viewer)
        if row.system == System.HOTLINE
    ]
    return {
        "partner": partner,
        "url": partner.url if partner else "",
        "key_id": partner.key_id if partner else "",
        "active": partner.is_active if partner else True,
        "entry": request.build_absolute_uri(reverse("exchange:hotline_messages")),
        "rows": rows,
        "kinds": MapKind.choices,
        "matters": sorted(matters.items()),
        "places": sorted(places.items()),
        "trouble": queries.trouble(viewer),
        "health": queries.health(viewer, now=now),
        "now": now,
    }


def _set_up(request: Request) -> None:
    actions.set_partner(
        viewer=request.viewer,
        system=System.HOTLINE,
        url=request.POST.get("url", ""),
        key_id=request.POST.get("key_id", ""),
        secret=request.POST.get("secret", ""),
        is_active="active" in request.POST,
        caller=hooks.from_settings(),
        now=request.now,
    )
    messages.success(request, _("Saved. Messages that wait go out at the next attempt."))


def _map(request: Request) -> None:
    given = {name: request.POST.get(name, "") for name in ("kind", "theirs", "their_name", "ours")}
    actions.map_word(viewer=request.viewer, system=System.HOTLINE, now=request.now, **given)
    messages.success(request, _("Saved. Orders that come from now on use it."))


def _unmap(request: Request) -> None:
    actions.unmap_word(viewer=request.viewer, mapping_id=id_of(request, "row"))
    messages.success(request, _("Removed."))


def _again(request: Request) -> None:
    actions.send_again(viewer=request.viewer, message_id=id_of(request, "message"), now=request.now)
    messages.success(request, _("The message goes out again."))


def id_of(request: Request, name: str) -> UUID:
    """Return an id that a button of a list posted.

    Raises:
        NotFound: it is no id.
    """
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise NotFound() from error


_ACTS: dict[str, Callable[[Request], None]] = {
    "set_up": _set_up,
    "map": _map,
    "unmap": _unmap,
    "again": _again,
}
