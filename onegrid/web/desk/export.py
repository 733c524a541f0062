"""The queue as an Excel sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.cases import queries
from onegrid.cases.queries import DeskRow, Sheet
from onegrid.cases.terms import STATE_LABELS, CaseClass, Channel, ClockMark
from onegrid.core.flow import State
from onegrid.web.casework import filters
from onegrid.web.casework.page import DESK_ROLES
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import guarded
from onegrid.web.step_up import fresh_proof

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (26, 40, 12, 8, 18, 16, 12, 22, 40, 12, 18, 18, 10, 6)


@require_safe
@for_roles(*DESK_ROLES)
@fresh_proof(back_to="desk:queue")
def export(request: Request) -> HttpResponse:
    """Send the filter's cases as an Excel file; needs a sign-in of the last ten minutes."""
    sheet = queries.export_rows(request.viewer, filters=filters.read(request.GET))
    response = HttpResponse(workbook(sheet, now=request.now), _XLSX)
    name = f"cases-{localtime(request.now):%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook(sheet: Sheet, *, now: datetime) -> bytes:
    """Return an Excel file of some rows; every cell is text or a time, never a formula."""
    import xlsxwriter  # heavy: only where it is used

    target = BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(_("Cases"))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    for column, (label, width) in enumerate(zip(_heads(), _WIDTHS, strict=True)):
        page.write_string(0, column, label, bold)
        page.set_column(column, column, width)
    page.freeze_panes(1, 1)
    for line, row in enumerate(sheet.rows, start=1):
        _write(page, line, row, moment)
    page.autofilter(0, 0, len(sheet.rows), len(_WIDTHS) - 1)
    if sheet.total > len(sheet.rows):
        cut = _("Only the first %(count)s of %(total)s cases are here. Narrow the filter.")
        words = cut % {"count": len(sheet.rows), "total": sheet.total}
        page.write_string(len(sheet.rows) + 2, 0, words, bold)
    book.set_properties({"created": localtime(now).replace(tzinfo=None)})
    book.close()
    return target.getvalue()


def _heads() -> list[str]:
    return [
        _("Number"), _("Title"), _("State"), _("Class"), _("Category"), _("Community"), _("Grid"),
        _("Unit"), _("Address"), _("Channel"), _("Reported"), _("Due"), _("Time"), _("Round"),
    ]  # fmt: skip


def _write(page: Any, line: int, row: DeskRow, moment: Any) -> None:
    for column, value in enumerate(_cells(row)):
        if isinstance(value, datetime):
            page.write_datetime(line, column, localtime(value).replace(tzinfo=None), moment)
        elif value is not None:
            page.write_string(line, column, guarded(str(value)))


def _cells(row: DeskRow) -> Iterator[object]:
    yield row.number
    yield row.title
    yield STATE_LABELS[State(row.state)]
    yield CaseClass(row.case_class).label
    yield row.category
    yield row.community
    yield row.grid
    yield row.unit
    yield row.address
    yield Channel(row.channel).label
    yield row.opened_at
    yield row.due_at
    yield ClockMark(row.mark).label
    yield row.round
