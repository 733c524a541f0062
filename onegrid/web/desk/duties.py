"""Reports by the lists of duties: work in and out of the list, pushed down, certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from onegrid.cases import queries
from onegrid.cases.queries import duties
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import Cell, sheet

_DAYS = (30, 90, 365)


@require_safe
@for_roles(*BOARD_ROLES)
def report(request: Request) -> HttpResponse:
    """Show the three tables for the last days."""
    days = _days(request)
    since = _since(request, days)
    certificates = duties.certificates_asked(request.viewer, since=since)
    context = {
        "days": days,
        "choices": [(n, ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in _DAYS],
        "shares": duties.unit_shares(request.viewer, since=since),
        "pushed": duties.pushed_down(request.viewer, since=since),
        "certificates": certificates,
        "months": sorted({month for row in certificates for month in row.months}),
        **_frame(request),
    }
    return render(request, "desk/duties.html", context)


def _frame(request: Request) -> dict[str, Any]:
    return {"turn": queries.turn_counts(request.viewer), "may_see_board": True}


@require_safe
@for_roles(*BOARD_ROLES)
def shares(request: Request) -> HttpResponse:
    """Send the share of work in and out of the list by unit as an Excel file."""
    rows = duties.unit_shares(request.viewer, since=_since(request, _days(request)))
    heads = [_("Unit"), _("Cases"), _("Own duty"), _("Item of another unit"), _("No item"), "%"]
    cells = [(row.unit, row.cases, row.own, row.others, row.no_item, row.percent) for row in rows]
    return sheet(name="duty-shares", heads=heads, rows=cells, now=request.now)


@require_safe
@for_roles(*BOARD_ROLES)
def certificates(request: Request) -> HttpResponse:
    """Send who still asks for abolished certificates as an Excel file."""
    rows = duties.certificates_asked(request.viewer, since=_since(request, _days(request)))
    months = sorted({month for row in rows for month in row.months})
    heads = [
        _("Number"),
        _("Certificate"),
        _("Asked"),
        _("Already answered"),
        *months,
        _("Who wants it"),
    ]
    cells: list[tuple[Cell, ...]] = [
        (
            row.code,
            row.title,
            row.asked,
            row.answered,
            *(row.months.get(month, 0) for month in months),
            "、".join(f"{who or _('not known')} {count}" for who, count in row.units),
        )
        for row in rows
    ]
    return sheet(name="abolished-certificates", heads=heads, rows=cells, now=request.now)


def _days(request: Request) -> int:
    typed = request.GET.get("days", "")
    return int(typed) if typed in {str(n) for n in _DAYS} else 90


def _since(request: Request, days: int) -> datetime:
    return request.now - timedelta(days=days)
