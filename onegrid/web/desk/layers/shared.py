"""What the pages of layers share: who opens them, the ground of their maps, words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import shapely
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.accounts.terms import Role
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, Refusal
from onegrid.core.overlay import Fault
from onegrid.grids.queries import areas
from onegrid.grids.queries.inside import map_shapes, outlines_of
from onegrid.grids.terms import AreaLevel
from onegrid.plans.queries.responsible import moment_of
from onegrid.plans.terms import COMMUNITY_LEVEL, PLANNERS
from onegrid.web.desk.calls.pages import frame as desk_frame
from onegrid.web.desk.layers.drawing import Ink
from onegrid.web.middleware import Request

#: who reads layers; planners bring them in
READERS: tuple[Role, ...] = (*PLANNERS, *COMMUNITY_LEVEL)
SIZE = 50


def frame(request: Request) -> dict[str, Any]:
    """Return what every page of layers shows around itself."""
    return {**desk_frame(request), "may_bring": request.viewer.has(*PLANNERS)}


def ground(on: datetime, *, grids: bool = True) -> list[Ink]:
    """Return the map of the county below a layer: water, green, roads, borders of a moment."""
    drawn: dict[str, list[Any]] = {"water": [], "green": [], "road": [], "rail": []}
    for kind, _rank, shape in map_shapes():
        drawn[kind].append(shape)
    inks = [Ink(f"d-{kind}", drawn[kind]) for kind in ("green", "water", "road", "rail")]
    if grids:
        inks.append(Ink("d-grid", borders(AreaLevel.GRID, on)))
    return [*inks, Ink("d-community", borders(AreaLevel.COMMUNITY, on))]


def layer_inks(shapes: Any) -> list[Ink]:
    """Return the shapes of a layer, points larger than lines."""
    dots = shapely.get_dimensions(shapes) == 0
    return [Ink("d-layer", shapes[~dots]), Ink("d-dots", shapes[dots])]


def borders(level: str, on: datetime) -> list[Any]:
    """Return the outlines of a level at a moment."""
    ids = [row.id for row in areas(level=level, on=on)]
    return list(outlines_of(area_ids=ids).values())


def day_of(request: Request) -> tuple[date, datetime]:
    """Return the day that was asked for, today when none was, and its moment.

    Raises:
        Invalid: it is none.
    """
    today = localtime(request.now).date()
    try:
        day = date.fromisoformat(request.GET.get("day") or today.isoformat())
    except ValueError as error:
        raise Invalid("responsible.day", field="day") from error
    return day, moment_of(day, now=request.now)


def page_of(request: HttpRequest, total: int) -> tuple[int, int]:
    """Return the page that was asked for and how many there are."""
    pages = max(1, -(-total // SIZE))
    typed = request.GET.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
    return min(max(1, number), pages), pages


def errors_of(refusal: Refusal, field: str = "") -> list[dict[str, str]]:
    """Return a refusal as the pages show it."""
    return [{"field": refusal.field or field, "message": text(refusal)}]


def fault_words() -> dict[Fault, str]:
    """Return what the faults are called."""
    return {
        Fault.OVERLAP: _("Two cells over each other"),
        Fault.ACROSS: _("A cell cuts a piece off a grid"),
        Fault.OUTSIDE: _("Cell reaches out of all grids"),
        Fault.GAP: _("Grid without a cell"),
        Fault.SLIVER: _("Sliver: a border drawn twice"),
    }


def system_words(name: str) -> str:
    """Return what a coordinate system is called by people."""
    known = {
        "wgs84": _("GPS coordinates (WGS 84, CGCS2000 in degrees)"),
        "gcj02": _("Amap, Tencent and most Chinese maps (GCJ-02)"),
        "bd09": _("Baidu map (BD-09)"),
        "EPSG:3857": _("Web map in metres (Web Mercator)"),
    }
    if name in known:
        return known[name]
    number = name.removeprefix("EPSG:")
    if number.isdigit() and 4534 <= int(number) <= 4554:
        meridian = 75 + 3 * (int(number) - 4534)
        return _("National survey in metres (CGCS2000, central meridian %(degrees)s°)") % {
            "degrees": meridian
        }
    if number.isdigit() and 4513 <= int(number) <= 4533:
        return _("National survey in metres (CGCS2000, zone %(zone)s)") % {
            "zone": 25 + int(number) - 4513
        }
    return name
