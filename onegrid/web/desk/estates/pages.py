"""The register: list with filters, how many have service again, map, Excel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import shapely
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.estates import queries
from onegrid.estates.queries import EstateRow, Filters
from onegrid.estates.terms import READERS, PathStage, ServiceKind
from onegrid.web.desk.calls.shared import page_of, pages
from onegrid.web.desk.estates.shared import frame
from onegrid.web.desk.layers.drawing import Drawing, around, draw
from onegrid.web.desk.layers.shared import ground
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import Cell, sheet

SIZE = 50
_MOST = 5000
_WHICH = ("all", "open", "overdue")
#: How the dot of a stage looks: before the talk, deciding, decided, service again.
_DOTS = {
    PathStage.FOUND: "e-begun",
    PathStage.SURVEY: "e-begun",
    PathStage.TALK: "e-talks",
    PathStage.FORM: "e-talks",
    PathStage.AGREED: "e-agreed",
    PathStage.CONTRACT: "e-agreed",
    PathStage.RUNNING: "e-served",
    PathStage.REVIEWED: "e-served",
}


@require_safe
@for_roles(*READERS)
def index(request: Request) -> HttpResponse:
    """Show the register of the viewer's area, narrowed by the address."""
    wanted, page = _wanted(request), page_of(request)
    rows, total = queries.estates(
        request.viewer, wanted=wanted, now=request.now, page=page, size=SIZE
    )
    context = {
        **_lists(request, wanted),
        "rows": rows,
        "total": total,
        "page": page,
        "pages": pages(total, SIZE),
    }
    return render(request, "desk/estates/index.html", context)


def _wanted(request: Request) -> Filters:
    given = request.GET
    which = given.get("which", "all")
    return Filters(
        words=given.get("words", "").replace("\0", "").strip()[:40],
        community_id=_ident(given.get("community", "")),
        stage=given.get("stage", ""),
        kind=given.get("kind", ""),
        which=which if which in _WHICH else "all",
    )


def _ident(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _lists(request: Request, wanted: Filters) -> dict[str, Any]:
    counts = queries.counts(request.viewer, now=request.now)
    total, served = sum(one.total for one in counts), sum(one.served for one in counts)
    late = sum(one.overdue for one in counts)
    query = request.GET.copy()
    for name in ("which", "page"):
        query.pop(name, None)
    return {
        **frame(request),
        "counts": counts,
        "all": total,
        "served": served,
        "segments": [
            ("all", _("All"), total),
            ("open", _("Without service"), total - served),
            ("overdue", _("Step overdue"), late),
        ],
        "wanted": wanted,
        "query": query.urlencode(),
        "communities": [(one.community_id, one.name) for one in counts],
        "stages": PathStage.choices,
        "kinds": ServiceKind.choices,
    }


@require_safe
@for_roles(*READERS)
def chart(request: Request) -> HttpResponse:
    """Show the estates of a list on the map, as dots by stage with their numbers."""
    wanted = _wanted(request)
    rows, total = queries.estates(request.viewer, wanted=wanted, now=request.now, size=_MOST)
    context = {
        **_lists(request, wanted),
        "rows": rows,
        "total": total,
        "drawing": _drawing(request, rows),
        "dots": [
            ("e-begun", _("on the register, needs surveyed")),
            ("e-talks", _("residents' talk, form chosen")),
            ("e-agreed", _("agreed, contract in force")),
            ("e-served", _("service again")),
        ],
        "dot_of": _DOTS,
    }
    return render(request, "desk/estates/map.html", context)


def _drawing(request: Request, rows: tuple[EstateRow, ...]) -> Drawing | None:
    marks = [
        (row.homes.lon, row.homes.lat, _DOTS[PathStage(row.stage)], str(number))
        for number, row in enumerate(rows, start=1)
        if row.homes.lon is not None and row.homes.lat is not None
    ]
    box = around([shapely.Point(lon, lat) for lon, lat, _css, _label in marks])
    return draw(box, ground(request.now, grids=False), marks)


@require_safe
@for_roles(*READERS)
def table(request: Request) -> HttpResponse:
    """Send the list as Excel."""
    wanted = _wanted(request)
    rows, _total = queries.estates(request.viewer, wanted=wanted, now=request.now, size=_MOST)
    heads = [
        _("Estate"), _("Community"), _("Address"), _("Year built"), _("Buildings"),
        _("Households"), _("Kind of service today"), _("Stage"), _("At this stage since"),
        _("Next step"), _("In charge"), _("Due"),
    ]  # fmt: skip
    return sheet(name="estates", heads=heads, rows=_cells(rows), now=request.now)


def _cells(rows: tuple[EstateRow, ...]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            row.name, row.community, row.address, row.year_built, row.homes.buildings,
            row.homes.households, str(row.kind_label), str(row.stage_label), row.stage_on,
            str(row.next_label), row.person, row.due_on,
        ]  # fmt: skip
