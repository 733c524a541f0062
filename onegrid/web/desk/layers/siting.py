"""Where stations and charging sheds could stand: ask, look at the answer, Excel, print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, Refusal
from onegrid.grids.queries import areas
from onegrid.grids.terms import AreaLevel
from onegrid.plans.actions.doing import Doing
from onegrid.plans.queries import siting as queries
from onegrid.plans.queries.layers import layers
from onegrid.plans.siting.asking import SitingWish, ask_siting, drop_siting
from onegrid.plans.terms import ALIVE, PLANNERS, Aim, Purpose, RunState
from onegrid.web.desk.layers.drawing import Drawing, Ink, around, draw
from onegrid.web.desk.layers.shared import READERS, SIZE, errors_of, frame, ground, page_of
from onegrid.web.edge import for_roles, key_of, new_key
from onegrid.web.middleware import Request
from onegrid.web.sheets import Cell, sheet

_DIGITS = 6


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def index(request: Request) -> HttpResponse:
    """List the siting drafts; ask for a new one."""
    if request.method != "POST":
        return _list(request)
    try:
        with transaction.atomic():
            doing = Doing(request.viewer, request.now, key_of(request))
            made = ask_siting(doing=doing, wish=_wish(request))
    except Refusal as refusal:
        return _list(request, refusal)
    return redirect("desk:siting_draft", siting_id=made)


def _list(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    given = request.POST
    streets = areas(level=AreaLevel.STREET, on=request.now)
    county = areas(level=AreaLevel.COUNTY, on=request.now)
    context = {
        **frame(request),
        "rows": queries.sitings(viewer=request.viewer),
        "purposes": Purpose.choices,
        "aims": Aim.choices,
        "scopes": [(row.id, row.name) for row in (*streets, *county)],
        "uses": queries.uses(viewer=request.viewer, on=request.now),
        "layers": [
            (row.id, f"{row.name} ({row.count})")
            for row in layers(viewer=request.viewer)
            if row.undone_at is None
        ],
        "typed": {name: given.get(name, "") for name in _TYPED},
        "chosen": {name: given.getlist(name) for name in ("uses", "stands")},
        "key": given.get("key") or new_key(),
        "errors": errors_of(refusal) if refusal else [],
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/layers/sitings.html", context, status=status)


_TYPED = ("name", "purpose", "aim", "scope", "stations", "reach_m", "layer")


def _wish(request: Request) -> SitingWish:
    """Read the form.

    Raises:
        Invalid: a number or a choice that is none.
    """
    given = request.POST
    layer = given.get("layer", "")
    return SitingWish(
        name=given.get("name", ""),
        purpose=given.get("purpose", ""),
        aim=given.get("aim", ""),
        scope_id=_ident(given.get("scope", ""), "scope"),
        reach_m=_whole(given.get("reach_m", "")) or 0,
        stations=_whole(given.get("stations", "")),
        uses=tuple(given.getlist("uses")),
        stands=tuple(given.getlist("stands")),
        layer_id=_ident(layer, "layer") if layer else None,
    )


def _whole(typed: str) -> int | None:
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < _DIGITS else None


def _ident(typed: str, field: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise Invalid(
            "layer.not_found" if field == "layer" else "siting.scope", field=field
        ) from error


@require_safe
@for_roles(*READERS)
def show(request: Request, siting_id: UUID) -> HttpResponse:
    """Show an answer on the map and in tables; while it is computed, say so."""
    row = queries.siting(viewer=request.viewer, siting_id=siting_id)
    context: dict[str, Any] = {**frame(request), "row": row, "key": new_key()}
    if row.state in ALIVE:
        context["waiting"] = True
    elif row.state == RunState.FAILED:
        context["fault"] = text(Refusal(row.fault))
    else:
        out = queries.beyond(viewer=request.viewer, siting_id=siting_id, on=request.now)
        page, pages = page_of(request, len(out))
        context |= {
            "drawing": _drawing(request, row),
            "beyond": out[(page - 1) * SIZE : page * SIZE],
            "page": page,
            "pages": pages,
            "total": len(out),
        }
    return render(request, "desk/layers/siting.html", context)


def _drawing(request: Request, row: queries.SitingRow) -> Drawing | None:
    """Draw buildings by their walk, and the sites with their numbers."""
    walks = queries.walks(viewer=request.viewer, siting_id=row.id)
    points = shapely.points(walks.spots)
    lived = walks.households > 0
    near = lived & (walks.after <= row.reach_m)
    out = lived & (walks.after > row.reach_m)
    half = near & (walks.after > row.reach_m / 2)
    inks = [
        *ground(request.now),
        Ink("d-near", points[near & ~half]),
        Ink("d-half", points[half]),
        Ink("d-out", points[out]),
    ]
    marks = [
        (one.lon, one.lat, "d-stands" if one.stands else "d-site", str(n))
        for n, one in enumerate(row.sites, start=1)
    ]
    return draw(around(points[np.isfinite(walks.spots).all(axis=1)]), inks, marks)


@require_POST
@for_roles(*PLANNERS)
def drop(request: Request, siting_id: UUID) -> HttpResponse:
    """Take a siting draft off the list."""
    drop_siting(doing=Doing(request.viewer, request.now, key_of(request)), siting_id=siting_id)
    messages.success(request, _("The siting draft is off the list."))
    return redirect("desk:siting")


@require_safe
@for_roles(*READERS)
def table(request: Request, siting_id: UUID) -> HttpResponse:
    """Send the sites, then who is out of reach, as Excel."""
    row = queries.siting(viewer=request.viewer, siting_id=siting_id)
    heads = [_("Kind"), _("Address"), _("Households"), _("Walk, metres"), _("Longitude")]
    heads += [_("Latitude")]
    out = queries.beyond(viewer=request.viewer, siting_id=siting_id, on=request.now)
    return sheet(name="sites", heads=heads, rows=_rows(row, out), now=request.now)


def _rows(row: queries.SitingRow, out: tuple[queries.Beyond, ...]) -> Iterator[list[Cell]]:
    for one in row.sites:
        kind = _("stands today") if one.stands else _("new site")
        spot = [round(one.lon, _DIGITS), round(one.lat, _DIGITS)]
        yield [kind, one.label, one.households, one.mean, *spot]
    for far in out:
        spot = [round(far.lon, _DIGITS), round(far.lat, _DIGITS)]
        yield [_("out of reach"), far.label, far.households, far.metres, *spot]
