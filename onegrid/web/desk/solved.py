"""Solved counts by kind, place, unit and month: a page and an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from onegrid.cases import queries
from onegrid.common.refusal_texts import register
from onegrid.reports.figures import LEAST
from onegrid.reports.solved import Count, SolvedReport, kinds, solved_report
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import Cell, sheet

register({"report.no_kind": gettext_lazy("There is no kind “%(kind)s”. Choose one of the list.")})


@require_safe
@for_roles(*BOARD_ROLES)
def page(request: Request) -> HttpResponse:
    """Show what was closed and solved in a month."""
    report = _report(request)
    before, after = report.first - timedelta(days=1), report.first + timedelta(days=31)
    context = {
        "report": report,
        "options": kinds(request.viewer),
        "least": LEAST,
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}" if after <= localtime(request.now).date() else "",
        "this": f"{report.first:%Y-%m}",
        "months": [f"{month:%Y-%m}" for month in report.months],
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": True,
    }
    return render(request, "desk/solved.html", context)


@require_safe
@for_roles(*BOARD_ROLES)
def table(request: Request) -> HttpResponse:
    """Send the same as an Excel file; shares of too few are empty."""
    report = _report(request)
    heads = [
        _("Table"), _("Name"), _("Closed"), _("Heard"), _("Solved"), _("Partly solved"),
        _("Came back"), _("Solved, %"), _("from, %"), _("to, %"),
        *(_("Solved in %(month)s") % {"month": f"{month:%Y-%m}"} for month in report.months),
    ]  # fmt: skip
    return sheet(
        name=f"solved-{report.first:%Y-%m}", heads=heads, rows=list(_rows(report)), now=request.now
    )


def _report(request: Request) -> SolvedReport:
    return solved_report(
        request.viewer, first=_month(request), kind=request.GET.get("kind", "").replace("\0", "")
    )


def _month(request: Request) -> date:
    """Return the first day of the month asked for by ``?month=2026-03``, else of this month."""
    this = localtime(request.now).date().replace(day=1)
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return this
    return asked if date(2000, 1, 1) <= asked <= this else this


def _rows(report: SolvedReport) -> Iterator[Sequence[Cell]]:
    tables = (
        (_("All"), (report.everything,)),
        (_("Kind"), report.kinds),
        (_("Place"), report.places),
        (_("Unit"), report.units),
    )
    for label, rows in tables:
        for row in rows:
            yield (label, row.name or _("not known"), *_numbers(row), *row.months)


def _numbers(row: Count) -> Iterator[Cell]:
    yield from (row.closed, row.reached, row.solved, row.partly, row.back)
    if row.heard is None:
        yield from (None, None, None)
        return
    yield from (round(value, 1) for value in (row.heard.percent, row.heard.low, row.heard.high))
