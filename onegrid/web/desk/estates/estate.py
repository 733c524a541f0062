"""One estate: its page, its sheet of paper, pictures of its works."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.estates.path import ORDER
from onegrid.estates.queries import EstateView
from onegrid.estates.queries.works import WorkRow, photo
from onegrid.estates.terms import READERS, STEP_LABELS, PathStage
from onegrid.grids.queries import area_names
from onegrid.web.desk.estates.shared import frame, view_of
from onegrid.web.edge import for_roles, new_key
from onegrid.web.middleware import Request
from onegrid.web.pictures import picture


@require_safe
@for_roles(*READERS)
def show(request: Request, estate_id: UUID) -> HttpResponse:
    """Show an estate: what comes next, what is known, how it came there."""
    context = _context(request, view_of(request, estate_id))
    return render(request, "desk/estates/estate.html", context)


@require_safe
@for_roles(*READERS)
def print_sheet(request: Request, estate_id: UUID) -> HttpResponse:
    """Show an estate as a sheet of paper."""
    context = _context(request, view_of(request, estate_id))
    return render(request, "desk/estates/print.html", context)


def _context(request: Request, view: EstateView) -> dict[str, Any]:
    reached = ORDER.index(PathStage(view.row.stage))
    return {
        **frame(request),
        "view": view,
        "row": view.row,
        "path": [
            (stage.label, "done" if n < reached else "now" if n == reached else "todo")
            for n, stage in enumerate(ORDER)
        ],
        "ahead": [(stage.value, STEP_LABELS[stage]) for stage in view.ahead],
        "behind": [(stage.value, stage.label) for stage in view.behind],
        "works": [(work, _pictures(work)) for work in view.works],
        "grids": area_names(),
        "columns": {
            "name": _("Name"),
            "address": _("Address"),
            "year_built": _("Year built"),
            "buildings": _("Buildings"),
        },
        "key": new_key(),
    }


def _pictures(work: WorkRow) -> list[dict[str, str]]:
    rows = [event for event in work.events if event.photo]
    urls = [reverse("desk:estate_photo", args=[event.photo]) for event in rows]
    return [
        {"url": url, "thumb": f"{url}?thumb=1", "alt": f"{work.what}: {event.state}"}
        for url, event in zip(urls, rows, strict=True)
    ]


@require_safe
@for_roles(*READERS)
def work_photo(request: Request, photo_id: UUID) -> HttpResponse:
    """Send a picture of a work."""
    content, mime = photo(request.viewer, photo_id=photo_id, thumb="thumb" in request.GET)
    return picture(content, mime)
