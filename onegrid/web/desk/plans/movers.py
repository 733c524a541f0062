"""Who changes grid in a draft: searched, page by page, and as an Excel file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.plans import queries
from onegrid.plans.queries.rows import Mover
from onegrid.web.desk.calls.shared import page_of, pages
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import sheet

SIZE = 30


@require_safe
@for_roles(*PLAN_ROLES)
def page(request: Request, draft_id: UUID) -> HttpResponse:
    """Show the compounds that change grid, those with most households first."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    rows = _found(request, draft_id)
    last = pages(len(rows), SIZE)
    shown = min(page_of(request), last)
    context = {
        **frame(request),
        "draft": view.row,
        "movers": rows[(shown - 1) * SIZE : shown * SIZE],
        "words": _words(request),
        "households": sum(row.households for row in rows),
        "total": len(rows),
        "page": shown,
        "pages": last,
    }
    return render(request, "desk/plans/movers.html", context)


@require_safe
@for_roles(*PLAN_ROLES)
def table(request: Request, draft_id: UUID) -> HttpResponse:
    """Send what the search finds, all of it, as an Excel file."""
    rows = _found(request, draft_id)
    heads = [_("Compound"), _("Today"), _("In the draft"), _("Buildings"), _("Households")]
    cells = [
        (row.compound or _("outside of any compound"), row.old_name, row.new_name, row.buildings,
         row.households)
        for row in rows
    ]  # fmt: skip
    return sheet(name="grid-changes", heads=heads, rows=cells, now=request.now)


def _words(request: Request) -> str:
    return request.GET.get("words", "").strip()[:40]


def _found(request: Request, draft_id: UUID) -> list[Mover]:
    """Return the rows that hold every word that was typed."""
    parts = _words(request).split()
    return [
        row
        for row in queries.movers(viewer=request.viewer, draft_id=draft_id)
        if all(part in f"{row.compound} {row.old_name} {row.new_name}" for part in parts)
    ]
