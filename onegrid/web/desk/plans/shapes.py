"""What the map of a draft asks for: its frame, buildings, grids, and the planner's progress."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from onegrid.plans import queries
from onegrid.plans.queries import DraftBuilding
from onegrid.plans.terms import ALIVE
from onegrid.web.desk.plans import words
from onegrid.web.desk.plans.colours import colours
from onegrid.web.desk.plans.shared import PLAN_ROLES
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

_GEOJSON = "application/geo+json"
_HAD = re.compile(r"(\d{1,6})-([0-7])(?=\.|$)")


@require_safe
@for_roles(*PLAN_ROLES)
def around(request: Request, draft_id: UUID) -> HttpResponse:
    """Tell the map what it shows first."""
    homes = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    found: dict[str, Any] = {
        "type": "FeatureCollection",
        "base": reverse("map_plan"),
        "features": [],
    }
    if homes:
        lons, lats = [home.lon for home in homes], [home.lat for home in homes]
        found["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return JsonResponse(found)


@require_safe
@for_roles(*PLAN_ROLES)
def homes(request: Request, draft_id: UUID) -> HttpResponse:
    """Send the buildings as columns; their order is that of all labels."""
    found = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    return JsonResponse(
        {
            "id": [str(home.id) for home in found],
            "lon": [round(home.lon, 6) for home in found],
            "lat": [round(home.lat, 6) for home in found],
            "homes": [home.households for home in found],
            "compound": [home.compound for home in found],
        }
    )


@require_safe
@for_roles(*PLAN_ROLES)
def today(request: Request, draft_id: UUID) -> HttpResponse:
    """Send the borders of today's grids."""
    return HttpResponse(queries.today_outlines(viewer=request.viewer, draft_id=draft_id), _GEOJSON)


@require_safe
@for_roles(*PLAN_ROLES)
def shape(request: Request, draft_id: UUID) -> HttpResponse:
    """Send what changes with the draft: labels, colours, and the grids with their words."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    found = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    given = colours(_spots(found), had(request))
    outlines = json.loads(queries.draft_outlines(viewer=request.viewer, draft_id=draft_id))
    rows = {row.number: row for row in view.grids}
    for feature in outlines["features"]:
        row = rows[feature["properties"]["number"]]
        trouble = words.trouble(row, view.row)
        feature["properties"] = {
            "number": row.number,
            "name": row.name,
            "colour": given.get(row.number, 0),
            "words": words.of_grid(row),
            "trouble": trouble,
            "wrong": bool(trouble),
            "href": reverse("desk:plan_grid", args=[draft_id, row.number]),
        }
    labels = [home.number for home in found]
    answer = {"version": view.row.version, "labels": labels, "colours": given, "grids": outlines}
    answer["stations"] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
                "properties": {"name": one.name},
            }
            for one in view.stations.rows
        ],
    }
    return JsonResponse(answer)


@require_safe
@for_roles(*PLAN_ROLES)
def progress(request: Request, draft_id: UUID) -> HttpResponse:
    """Tell how far the planner is, and the grids as they are at this moment."""
    given: dict[str, Any] = {"viewer": request.viewer, "draft_id": draft_id}
    row = queries.progress(**given, now=request.now)
    labels = queries.preview(**given)
    answer = {
        "alive": row.state in ALIVE,
        "words": words.run(row),
        "share": row.share,
        "rms": round(row.rms, 2),
    }
    if labels:
        found = queries.draft_buildings(**given)
        spots = [(home.lon, home.lat, label) for home, label in zip(found, labels, strict=True)]
        answer |= {"labels": labels, "colours": colours(spots, had(request))}
    return JsonResponse(answer)


def _spots(found: tuple[DraftBuilding, ...]) -> list[tuple[float, float, int]]:
    return [(home.lon, home.lat, home.number) for home in found]


def had(request: Request) -> dict[int, int]:
    """Return the colours that the map shows already: ``?had=number-colour.number-colour``."""
    typed = request.GET.get("had", "")[:20_000]
    return {int(number): int(colour) for number, colour in _HAD.findall(typed)}
