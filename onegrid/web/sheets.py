"""Tables as Excel files: every cell is text, a number or a day, never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localtime

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A cell that begins like this is taken for a formula when the sheet is saved as text and opened.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Cell = str | int | float | date | None


def sheet(
    *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], now: datetime
) -> HttpResponse:
    """Send a table as an Excel file.

    Args:
        name: of the file, without its ending.
    """
    import xlsxwriter  # heavy: only where it is used

    target = BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    page = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    for column, head in enumerate(heads):
        page.write_string(0, column, head, bold)
        page.set_column(column, column, max(12, min(44, 2 * len(head) + 4)))
    for line, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            _write(page, line, column, cell, day)
    page.freeze_panes(1, 1)
    book.set_properties({"created": localtime(now).replace(tzinfo=None)})
    book.close()
    response = HttpResponse(target.getvalue(), _XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _write(page: Any, line: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, date):
        page.write_datetime(line, column, cell, day)
    elif isinstance(cell, int | float):
        page.write_number(line, column, cell)
    elif cell:
        page.write_string(line, column, guarded(cell))


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet may take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
