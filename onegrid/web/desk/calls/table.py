"""The monthly table of both sides' ratings, on the page and as an Excel file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.calls.flow import Side
from onegrid.calls.queries.table import READERS, MonthTable, Said, TableRow, month_table
from onegrid.calls.terms import LEAST, POINTS
from onegrid.web.desk.calls.pages import frame
from onegrid.web.desk.calls.shared import around, month_of
from onegrid.web.desk.checked import XLSX
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import guarded
from onegrid.web.step_up import fresh_proof


@require_safe
@for_roles(*READERS)
def table(request: Request) -> HttpResponse:
    """Show the table of a month."""
    first = month_of(request, request.now)
    found = month_table(request.viewer, first=first)
    before, after = around(first)
    context = {
        **frame(request),
        "table": found,
        "halves": [(_("Departments"), found.departments), (_("Communities"), found.communities)],
        "caller_points": POINTS[Side.CALLER],
        "team_points": POINTS[Side.TEAM],
        "least": LEAST,
        "before": before,
        "after": after,
        "this": f"{first:%Y-%m}",
    }
    return render(request, "desk/calls/month_table.html", context)


@require_safe
@for_roles(*READERS)
@fresh_proof(back_to="desk:calls_month")
def download(request: Request) -> HttpResponse:
    """Send the table of a month as an Excel file."""
    first = month_of(request, request.now)
    content = workbook(month_table(request.viewer, first=first), first=first)
    response = HttpResponse(content, XLSX)
    response["Content-Disposition"] = f'attachment; filename="calls-{first:%Y-%m}.xlsx"'
    return response


def workbook(found: MonthTable, *, first: date) -> bytes:
    """Return an Excel file with a sheet for departments and one for communities."""
    import xlsxwriter  # heavy: only where it is used

    target = BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for label, rows in (
        (_("Departments"), found.departments),
        (_("Communities"), found.communities),
    ):
        page = book.add_worksheet(label)
        page.set_column(0, 0, 30)
        page.set_column(1, 11, 14)
        for column, head in enumerate(_heads()):
            page.write_string(0, column, head, bold)
        for line, row in enumerate(rows, start=1):
            _write(page, line, row)
        page.write_string(len(rows) + 2, 0, f"{first:%Y-%m}")
    book.close()
    return target.getvalue()


def _heads() -> Sequence[str]:
    return [
        _("Name"),
        _("Times called"),
        _("Signed in in time"),
        _("Arrived"),
        _("Ratings by communities"),
        *(str(label) for label in POINTS[Side.CALLER]),
        _("Ratings by departments"),
        *(str(label) for label in POINTS[Side.TEAM]),
    ]


def _write(page: Any, line: int, row: TableRow) -> None:
    page.write_string(line, 0, guarded(row.name))
    for column, number in enumerate((row.calls, row.signed_in_time, row.arrived), start=1):
        page.write_number(line, column, number)
    for start, said in ((4, row.by_callers), (8, row.by_teams)):
        _write_said(page, line, start, said)


def _write_said(page: Any, line: int, start: int, said: Said) -> None:
    if said.n is None or said.medians is None:
        page.write_string(line, start, _("fewer than %(least)s") % {"least": LEAST})
        return
    for column, number in enumerate((said.n, *said.medians), start=start):
        page.write_number(line, column, number)
