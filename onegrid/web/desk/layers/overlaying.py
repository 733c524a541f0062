"""Departments' layers over today's grids: map, places that do not fit, cross-walk table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.common.refusals import Refusal
from onegrid.core.overlay import Fault
from onegrid.grids.queries import areas
from onegrid.grids.queries.inside import outlines_of
from onegrid.grids.terms import AreaLevel
from onegrid.plans.queries import overlay as queries
from onegrid.plans.queries.layers import layers
from onegrid.plans.terms import DEPARTMENTS, LayerKind
from onegrid.web.desk.layers.drawing import Box, Drawing, Ink, around, draw
from onegrid.web.desk.layers.shared import (
    READERS,
    SIZE,
    day_of,
    errors_of,
    fault_words,
    frame,
    ground,
    page_of,
)
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import Cell, sheet

#: half of the side of the map around one place, degrees
_NEAR = 0.003
#: fault → hatching of the map
HATCHED = {
    Fault.GAP: "hatch-gap",
    Fault.OUTSIDE: "hatch-outside",
    Fault.ACROSS: "hatch-across",
    Fault.OVERLAP: "hatch-overlap",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    day: date
    on: datetime
    kinds: tuple[str, ...]
    fault: str
    table: str
    area: UUID | None
    at: tuple[float, float] | None


def _wanted(request: Request) -> Wanted:
    day, on = day_of(request)
    given = request.GET
    fault = given.get("fault", "")
    return Wanted(
        day=day,
        on=on,
        kinds=tuple(kind for kind in DEPARTMENTS if kind in given.getlist("kind")),
        fault=fault if fault in set(Fault) else "",
        table="cells" if given.get("table") == "cells" else "places",
        area=_ident(given.get("area", "")),
        at=_point(given.get("at", "")),
    )


def _ident(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _point(typed: str) -> tuple[float, float] | None:
    try:
        lon, lat = (float(part) for part in typed.split(",", 1))
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) < 89 else None


@require_safe
@for_roles(*READERS)
def overlay(request: Request) -> HttpResponse:
    """Choose departments; show their layers over the grids of a day."""
    known = [row for row in layers(viewer=request.viewer) if row.counts]
    known = [row for kind in DEPARTMENTS for row in known if row.kind == kind]
    context: dict[str, Any] = {**frame(request), "known": known, "day": request.GET.get("day", "")}
    try:
        wanted = _wanted(request)
        context |= {"wanted": wanted, "day": wanted.day.isoformat()}
        if request.GET.getlist("kind"):
            context |= _laid(request, wanted)
    except Refusal as refusal:
        context["errors"] = errors_of(refusal, "kind")
        return render(request, "desk/layers/overlay.html", context, status=refusal.status)
    return render(request, "desk/layers/overlay.html", context)


def _laid(request: Request, wanted: Wanted) -> dict[str, Any]:
    found = queries.overlay(viewer=request.viewer, kinds=wanted.kinds, on=wanted.on)
    words = fault_words()
    counts = Counter(place.fault for place in found.places)
    chosen = [one for one in found.places if wanted.fault in {"", one.fault}]
    rows: tuple[Any, ...] = tuple(chosen) if wanted.table == "places" else found.rows
    page, pages = page_of(request, len(rows))
    shown = rows[(page - 1) * SIZE : page * SIZE]
    return {
        "found": found,
        "drawing": _drawing(found, wanted),
        "legend": [(one.value, words[one], counts[one], HATCHED.get(one, "")) for one in Fault],
        "rows": [(one, words[one.fault]) for one in shown] if wanted.table == "places" else shown,
        "streets": areas(level=AreaLevel.STREET, on=wanted.on),
        "page": page,
        "pages": pages,
        "total": len(rows),
        "cells": len(found.rows),
    }


def _box(found: queries.Overlay, wanted: Wanted) -> Box | None:
    if wanted.at is not None:
        lon, lat = wanted.at
        return (lon - _NEAR, lat - _NEAR, lon + _NEAR, lat + _NEAR)
    if wanted.area is not None:
        shapes = outlines_of(area_ids=[wanted.area])
        if shapes:
            return around(shapes.values())
    return around([*found.grids, *(cell for one in found.layers for cell in one.cells)])


def _drawing(found: queries.Overlay, wanted: Wanted) -> Drawing | None:
    """Draw grids, cells, and the places that do not fit; slivers as rings, too thin to be seen."""
    places = [one for one in found.places if wanted.fault in {"", one.fault}]
    inks = [*ground(wanted.on, grids=False), Ink("d-grid", found.grids)]
    inks += [
        Ink(f"d-fault d-{fault}", [one.shape for one in places if one.fault is fault], hatching)
        for fault, hatching in HATCHED.items()
    ]
    inks += [Ink(f"d-cells d-cells-{n}", one.cells) for n, one in enumerate(found.layers)]
    marks = [(one.lon, one.lat, "d-sliver", "") for one in places if one.fault is Fault.SLIVER]
    if wanted.at is not None:
        marks.append((*wanted.at, "d-here", ""))
    return draw(_box(found, wanted), inks, marks)


@require_safe
@for_roles(*READERS)
def table(request: Request) -> HttpResponse:
    """Send the cross-walk, or the places that do not fit, as Excel."""
    wanted = _wanted(request)
    found = queries.overlay(viewer=request.viewer, kinds=wanted.kinds, on=wanted.on)
    if wanted.table == "places":
        heads = [_("Department"), _("What"), _("Cell or grid"), _("with"), "m²", _("Longitude")]
        heads += [_("Latitude")]
        return sheet(name="places", heads=heads, rows=_place_rows(found), now=request.now)
    heads = [_("Department"), _("Old cell"), _("Name of the cell"), _("Grid code"), _("Grid")]
    heads += [_("Share of the ground, %"), _("Households"), _("Share of the households, %")]
    heads += [_("Mapped to this grid")]
    return sheet(name="crosswalk", heads=heads, rows=_cross_rows(found), now=request.now)


def _place_rows(found: queries.Overlay) -> Iterator[list[Cell]]:
    words = fault_words()
    for one in found.places:
        label = str(LayerKind(one.kind).label)
        spot = [round(one.lon, 6), round(one.lat, 6)]
        yield [label, words[one.fault], one.first, one.second, round(one.area), *spot]


def _cross_rows(found: queries.Overlay) -> Iterator[list[Cell]]:
    for row in found.rows:
        yield [
            str(LayerKind(row.kind).label),
            row.cell_code,
            row.cell_name,
            row.grid_code,
            row.grid_name or _("outside all grids"),
            round(100 * row.share, 1),
            row.households,
            round(100 * row.household_share, 1),
            _("yes") if row.main else "",
        ]
