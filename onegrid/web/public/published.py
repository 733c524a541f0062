"""What was published: list, page, map and feed; everybody may read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.accounts.queries import county_name
from onegrid.cases import reference
from onegrid.common.refusals import NotFound
from onegrid.grids.queries import area_names, areas
from onegrid.grids.terms import AreaLevel
from onegrid.outreach import queries
from onegrid.outreach.queries import PublicRow, Wanted
from onegrid.web.middleware import Request

_MAX_WORDS = 60
_MARGIN = 0.0015


def wanted_of(given: QueryDict) -> Wanted:
    """Read words, category and area of an address; what is not understood is left out."""
    try:
        area = UUID(given.get("area", ""))
    except ValueError:
        area = None
    words = given.get("words", "").replace("\x00", "").strip()[:_MAX_WORDS]
    category = given.get("category", "")[:40]
    known = reference.category_by_code(category) is not None
    return Wanted(words=words, category=category if known else "", area=area)


def query_of(wanted: Wanted, **more: object) -> str:
    """Return the address part of a wish, without what is empty."""
    named = {"words": wanted.words, "category": wanted.category, "area": wanted.area, **more}
    return urlencode({name: value for name, value in named.items() if value})


@require_safe
def listing(request: Request) -> HttpResponse:
    """Show what was published, newest first, with search, map and the ways to follow it."""
    wanted = wanted_of(request.GET)
    typed = request.GET.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
    found = queries.public_list(wanted=wanted, page=number, language=request.viewer.language)
    query = query_of(wanted)
    context = {
        "found": found,
        "wanted": wanted,
        "narrow": bool(query),
        "before": f"?{query_of(wanted, page=found.page - 1)}" if found.page > 1 else "",
        "after": f"?{query_of(wanted, page=found.page + 1)}" if found.page < found.pages else "",
        "map_data": f"{reverse('published:points')}?{query}",
        "feed": f"{reverse('published:feed')}?{query}",
        "follow": f"{reverse('published:follow')}?{query_of(wanted)}",
        **choices(request.viewer.language, request.now),
    }
    return render(request, "public/published.html", context)


def choices(language: str, on: datetime) -> dict[str, Any]:
    """Return the areas and categories that a list or a feed can be narrowed to."""
    rows = reference.categories.get().values()
    named = area_names()
    streets = areas(level=AreaLevel.STREET, on=on)
    offered = []
    for street in streets:
        offered.append((street.id, street.name))
        below = areas(level=AreaLevel.COMMUNITY, parent_id=street.id, on=on)
        offered += [(one.id, f"{named[street.id]} · {one.name}") for one in below]
    return {
        "areas": offered,
        "categories": [(row.code, row.label(language)) for row in rows if not row.parent_id],
    }


@require_safe
def case(request: Request, public_id: UUID) -> HttpResponse:
    """Show one published case."""
    row = queries.public_case(public_id=public_id, language=request.viewer.language)
    context = {"row": row, "map_data": reverse("published:point", args=[row.id])}
    return render(request, "public/published_case.html", context)


@require_safe
def points(request: Request) -> HttpResponse:
    """Return the published cases of the list as blurred points."""
    language = request.viewer.language
    rows = queries.points(wanted=wanted_of(request.GET), language=language)
    return JsonResponse(_collection(rows))


@require_safe
def point(request: Request, public_id: UUID) -> HttpResponse:
    """Return one published case as a blurred point."""
    row = queries.public_case(public_id=public_id, language=request.viewer.language)
    return JsonResponse(_collection((row,)))


def _collection(rows: tuple[PublicRow, ...]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {"mark": "", "id": str(row.id)},
        }
        for row in rows
        if row.lon is not None and row.lat is not None
    ]
    found: dict[str, Any] = {
        "type": "FeatureCollection",
        "base": reverse("map_plan"),
        "features": features,
    }
    lons = [row.lon for row in rows if row.lon is not None]
    lats = [row.lat for row in rows if row.lat is not None]
    if lons and lats:
        found["bbox"] = [
            min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN,
        ]  # fmt: skip
    return found


@require_safe
def feed(request: Request) -> HttpResponse:
    """Send what was published of an area and category as RSS 2.0.

    Raises:
        NotFound: the address names an area or category that does not exist.
    """
    wanted = wanted_of(request.GET)
    if request.GET.get("category") and not wanted.category:
        raise NotFound("follow.category")
    if request.GET.get("area") and (wanted.area is None or wanted.area not in area_names()):
        raise NotFound("follow.area")
    language = request.viewer.language
    made = _feed(request, wanted, language)
    for row in queries.newest(wanted=wanted, language=language):
        made.add_item(
            title=row.title,
            link=request.build_absolute_uri(reverse("published:case", args=[row.id])),
            description=f"{row.text}\n\n{row.answer}",
            pubdate=row.first_at,
            updateddate=row.changed_at,
            categories=[row.category] if row.category else [],
            unique_id=f"urn:uuid:{row.id}",
            unique_id_is_permalink=False,
        )
    response = HttpResponse(made.writeString("utf-8"), "application/rss+xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _feed(request: Request, wanted: Wanted, language: str) -> Rss201rev2Feed:
    place = area_names()[wanted.area] if wanted.area else county_name()
    category = reference.category_by_code(wanted.category) if wanted.category else None
    about = f"{place} · {category.label(language)}" if category else place
    query = query_of(wanted)
    return Rss201rev2Feed(
        title=_("Answered requests: %(about)s") % {"about": about},
        link=request.build_absolute_uri(f"{reverse('published:list')}?{query}"),
        description=_("Requests of residents with the official answer, in moderated words."),
        language=language,
        feed_url=request.build_absolute_uri(request.get_full_path()),
        ttl=30,
    )
