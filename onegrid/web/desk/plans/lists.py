"""The list of drafts, what is out of the band today, and drafts side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.plans import queries
from onegrid.plans.queries import DraftRow
from onegrid.plans.terms import PLANNERS
from onegrid.web.desk.calls.shared import page_of, pages
from onegrid.web.desk.plans.bench import kilometres, metres, percent, whole
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame
from onegrid.web.desk.plans.standing import share
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

SIZE = 12
MOST_COMPARED = 4
_OFFENDERS = 8
_ENDED = {"withdrawn", "adopted"}


@require_safe
@for_roles(*PLAN_ROLES)
def index(request: Request) -> HttpResponse:
    """Show the drafts that are open, or all, and which grids are out of the band today."""
    every = queries.drafts(viewer=request.viewer)
    which = "all" if request.GET.get("which") == "all" else "open"
    found = [row for row in every if which == "all" or row.status not in _ENDED]
    last = pages(len(found), SIZE)
    shown = min(page_of(request), last)
    offenders = queries.out_of_band(on=request.now)
    context = {
        **frame(request),
        "rows": found[(shown - 1) * SIZE : shown * SIZE],
        "which": which,
        "open": sum(row.status not in _ENDED for row in every),
        "every": len(every),
        "page": shown,
        "pages": last,
        "total": len(found),
        "offenders": offenders if "alarms" in request.GET else offenders[:_OFFENDERS],
        "offenders_all": len(offenders),
        "band": queries.bands(),
        "to_sign": len(queries.my_handovers(viewer=request.viewer, now=request.now)),
        "to_name": queries.unnamed(viewer=request.viewer),
        "may_plan": request.viewer.has(*PLANNERS),
        "layers_url": address("desk:layers"),
    }
    return render(request, "desk/plans/index.html", context)


def address(name: str) -> str:
    """Return the address of a page that a county may not have; else nothing."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@require_safe
@for_roles(*PLAN_ROLES)
def compare(request: Request) -> HttpResponse:
    """Show up to four drafts side by side, the best figure of each line marked."""
    try:
        chosen = list(dict.fromkeys(UUID(one) for one in request.GET.getlist("ids")))
    except ValueError:
        return redirect("desk:plans")
    rows = queries.compare(viewer=request.viewer, draft_ids=chosen[:MOST_COMPARED])
    context = {
        **frame(request),
        "rows": rows,
        "more": max(0, len(chosen) - MOST_COMPARED),
        "lines": lines(rows),
        "most": MOST_COMPARED,
    }
    return render(request, "desk/plans/compare.html", context)


def lines(rows: tuple[DraftRow, ...]) -> list[dict[str, Any]]:
    """Return a line for each figure: its words and each draft's value, the best marked."""
    if not rows:
        return []
    one_place = len({row.scope_id for row in rows}) == 1
    found = [
        _line(label, [getattr(row.after, name, None) for row in rows], way, show)
        | {"today": _shown(getattr(rows[0].before, name), show) if one_place else ""}
        for label, name, way, show in _figures()
    ]
    limits = [
        _line(label, [getattr(row.standing, name, None) for row in rows], way, show)
        | {"today": "–" if one_place else ""}
        for label, name, way, show in _limits()
    ]
    return found + limits


def _limits() -> list[tuple[str, str, int, Any]]:
    return [
        (_("Households that must change it whatever the cut"), "must_move", 0, whole),
        (_("From the best possible at most"), "gap", -1, share),
        (_("Grids more than allowed"), "too_many", -1, whole),
    ]


def _figures() -> list[tuple[str, str, int, Any]]:
    return [
        (_("Grids"), "grids", 0, whole),
        (_("Within the band"), "within", 1, percent),
        (_("In one piece"), "whole", 1, percent),
        (_("Households of the smallest grid"), "least", 0, whole),
        (_("Households of the largest grid"), "most", 0, whole),
        (_("Way to the middle of the grid"), "rms", -1, metres),
        (_("Walk to the station"), "walk", -1, metres),
        (_("Unequal work"), "spread", -1, percent),
        (_("Cases of the last year in the busiest grid"), "most_cases", -1, whole),
        (_("Compounds that are divided"), "split", -1, whole),
        (_("Borders between grids"), "border", -1, kilometres),
        (_("Households that change their grid"), "moved", -1, whole),
    ]


def _shown(value: Any, show: Any) -> str:
    return "–" if value is None else show(value)


def _line(label: str, values: list[Any], way: int, show: Any) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    best = (max(known) if way > 0 else min(known)) if way and len(set(known)) > 1 else None
    cells = [(_shown(value, show), value is not None and value == best) for value in values]
    return {"label": label, "cells": cells}
