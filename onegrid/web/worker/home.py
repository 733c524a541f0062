"""A grid worker's day: what waits in my grid, by the time left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import queries
from onegrid.cases.queries import Filters
from onegrid.grids.queries import area_names
from onegrid.grids.queries.inside import buildings_of
from onegrid.plans.queries import my_handovers
from onegrid.web.casework.points import collection
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

VIEWS = ("turn", "today", "open")


@require_safe
@for_roles(Role.GRID_WORKER)
def home(request: Request) -> HttpResponse:
    """Show my grid: what waits for me, what came today, or all that is open."""
    show = request.GET.get("show", "turn")
    show = show if show in VIEWS else "turn"
    wanted = filters_of(show, request.now)
    found = queries.desk_queue(request.viewer, filters=wanted, size=100)
    context = {
        "grid_name": "、".join(grid_names(request.viewer)),
        "counts": queries.turn_counts(request.viewer),
        "rows": found.rows,
        "total": found.total,
        "show": show,
        "map_data": f"{reverse('worker:points')}?show={show}",
    }
    if "HX-Request" in request.headers:
        return render(request, "worker/_list.html", context)
    to_sign = len(my_handovers(viewer=request.viewer, now=request.now))
    return render(request, "worker/home.html", {**context, "to_sign": to_sign})


@require_safe
@for_roles(Role.GRID_WORKER)
def points(request: Request) -> HttpResponse:
    """Return the listed cases as points of the map."""
    show = request.GET.get("show", "turn")
    found = queries.points(request.viewer, filters=filters_of(show, request.now))
    houses = buildings_of(area_ids=grid_ids(request.viewer), on=request.now)
    return JsonResponse(collection(found, around=[(row.lon, row.lat) for row in houses]))


def filters_of(show: str, now: datetime) -> Filters:
    """Return the filter of a list of this page."""
    if show == "today":
        midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return Filters(which="all", opened_from=midnight)
    return Filters(which="open" if show == "open" else "turn")


def grid_names(viewer: Viewer) -> list[str]:
    """Return the names of the grids somebody works in."""
    names = area_names()
    return [names[area_id] for area_id in grid_ids(viewer) if area_id in names]


def grid_ids(viewer: Viewer) -> list[UUID]:
    """Return the grids somebody works in."""
    return [
        grant.area_id
        for grant in viewer.grants
        if grant.role is Role.GRID_WORKER and grant.area_id is not None
    ]
