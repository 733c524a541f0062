"""Who is responsible for this door on this day? Open to everybody, without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.grids import queries as grids
from onegrid.plans.queries.responsible import Responsible, moment_of, responsible
from onegrid.web.middleware import Request

_MAX_WORDS = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page asks for; `wrong` is what could not be read."""

    day: date
    on: datetime
    building: UUID | None = None
    point: tuple[float, float] | None = None
    area: UUID | None = None
    compound: str = ""
    words: str = ""
    wrong: Invalid | None = None

    def query(self, **more: object) -> str:
        """Return the address part of another step on the same day."""
        return "?" + urlencode({"day": self.day.isoformat(), **more})


@require_safe
def page(request: Request) -> HttpResponse:
    """Ask for day and door, and answer."""
    asked = _read(request)
    answer: Responsible | None = None
    refused: Refusal | None = asked.wrong
    if refused is None and (asked.building or asked.point):
        try:
            answer = _answer(request, asked)
        except Refusal as refusal:
            refused = refusal
    context: dict[str, Any] = {
        "asked": asked,
        "answer": answer,
        "today": asked.day == _today(request),
    }
    if answer is None:
        context |= _chooser(asked)
    status = 200
    if refused is not None:
        context["errors"] = [{"field": _field(refused), "message": text(refused)}]
        status = refused.status if refused.status in {404, 409} else 422
    return render(request, "public/responsible.html", context, status=status)


def _field(refusal: Refusal) -> str:
    return refusal.field if refusal.field == "day" else "search"


def _answer(request: Request, asked: Asked) -> Responsible:
    lon, lat = asked.point or (None, None)
    return responsible(
        viewer=request.viewer,
        on=asked.on,
        now=request.now,
        lon=lon,
        lat=lat,
        building_id=asked.building,
    )


def _chooser(asked: Asked) -> dict[str, Any]:
    """Return the next step of choosing a door on the asked day."""
    try:
        choices = grids.address_list(
            on=asked.on, area_id=asked.area, compound=asked.compound, search=asked.words
        )
        trail = _trail(asked)
    except NotFound:
        return _chooser(Asked(asked.day, asked.on))
    rows = [(row, _step(asked, row)) for row in choices]
    return {"rows": rows, "trail": trail, "map_data": reverse("map_plan")}


def _step(asked: Asked, row: grids.Choice) -> str:
    if row.building_id is not None:
        return asked.query(building=row.building_id)
    named = {"compound": row.compound} if row.compound else {}
    return asked.query(area=row.area_id, **named)


def _trail(asked: Asked) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if asked.compound:
        found.append((asked.compound, ""))
    area_id = asked.area
    while area_id is not None:
        row = grids.area(area_id=area_id)
        if row.parent_id is not None:
            found.insert(0, (row.name, asked.query(area=row.id)))
        area_id = row.parent_id
    return [(_("All streets"), asked.query()), *found]


def _today(request: Request) -> date:
    return localtime(request.now).date()


def _read(request: Request) -> Asked:
    given, today = request.GET.get("day", ""), _today(request)
    try:
        day, wrong = date.fromisoformat(given or today.isoformat()), None
    except ValueError:
        day, wrong = today, Invalid("responsible.day", field="day")
    return Asked(
        day=day,
        on=moment_of(day, now=request.now),
        building=_ident(request, "building"),
        point=_point(request),
        area=_ident(request, "area"),
        compound=_words(request, "compound"),
        words=_words(request, "search"),
        wrong=wrong,
    )


def _words(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:_MAX_WORDS]


def _ident(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _point(request: HttpRequest) -> tuple[float, float] | None:
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
