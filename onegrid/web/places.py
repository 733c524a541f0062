"""What the map in the browser asks for: its description, its layers, the name of a place."""

from __future__ import annotations

from dataclasses import asdict, astuple
from math import nan

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, Refusal
from onegrid.core import geo
from onegrid.grids import queries
from onegrid.grids.terms import CoordinateSystem
from onegrid.web.middleware import Request

_YEAR_S = 31_536_000


@require_safe
def plan(request: Request) -> HttpResponse:
    """Describe the map: addresses of its layers, its extent, its words."""
    layers = {
        name: f"{reverse('map_layer', args=[name])}?v={_tag(name, request)}"
        for name in queries.LAYERS
    }
    levels = ("grid", "community", "county")
    boxes = (queries.bounds(level=level, on=request.now) for level in levels)
    box = next((box for box in boxes if box is not None), None)
    words = {
        "outside": _("This place could not be looked up. Choose it from the address list."),
        "picked": _("Chosen: %(place)s"),
        "failed": _("The map cannot be shown here. The list shows the same."),
        "locate": _("Show where I am"),
    }
    described = {
        "layers": layers,
        "place": reverse("map_place"),
        "bounds": [round(side, 6) for side in astuple(box)] if box else None,
        "words": words,
    }
    response = JsonResponse(described)
    response["Cache-Control"] = "private, no-cache"
    return response


def _tag(name: str, request: Request) -> str:
    return queries.layer_geojson(layer=name, on=request.now).etag.strip('"')


@require_safe
def layer(request: Request, name: str) -> HttpResponse:
    """Send one layer as GeoJSON; its address changes with the plan, so it can be kept for good."""
    made = queries.layer_geojson(layer=name, on=request.now)
    if request.headers.get("If-None-Match") == made.etag:
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(made.packed, "application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(made.body, "application/geo+json")
    fresh = request.GET.get("v") == made.etag.strip('"')
    response["ETag"] = made.etag
    response["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable" if fresh else "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def place(request: Request) -> HttpResponse:
    """Name the place of a point (``lon``, ``lat``, ``system``), or say why it cannot be right."""
    try:
        found = queries.place_of(tenant_id=request.tenant_id, on=request.now, **_point(request))
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "message": text(refusal)}, status=refusal.status)
    return JsonResponse({**asdict(found), "label": found.label})


def _point(request: HttpRequest) -> dict[str, float]:
    system = request.GET.get("system", CoordinateSystem.WGS84)
    if system not in CoordinateSystem.values:
        known = ", ".join(CoordinateSystem.values)
        raise Invalid("place.unknown_system", field="system", system=system, known=known)
    lon, lat = _number(request.GET.get("lon", "")), _number(request.GET.get("lat", ""))
    lon, lat = geo.convert(lon, lat, system)
    return {"lon": lon, "lat": lat}


def _number(typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        return nan


urlpatterns = [
    path("map/plan.json", plan, name="map_plan"),
    path("map/layers/<slug:name>.json", layer, name="map_layer"),
    path("map/place.json", place, name="map_place"),
]
