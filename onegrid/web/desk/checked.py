"""Tables that are checked first: the sealed file travels in the form until it is brought in."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Mapping, Sequence

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from onegrid.common.refusals import Conflict, Invalid
from onegrid.common.tables import Problem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HOUR = 3600
#: The checked table travels in the form; larger ones are divided.
MOST_BYTES = 500_000
SHOWN = 200

Columns = Mapping[str, tuple[str, ...]]


def empty_table(columns: Columns, example: Sequence[str], *, name: str) -> HttpResponse:
    """Send an Excel file with its header and one example.

    Args:
        name: of the file, without its ending.
    """
    import xlsxwriter  # heavy: only where it is used

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    bold, plain = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    for column, (names, cell) in enumerate(zip(columns.values(), example, strict=True)):
        page.set_column(column, column, 22, plain)
        page.write_string(0, column, names[0], bold)
        page.write_string(1, column, cell, plain)
    book.close()
    response = HttpResponse(target.getvalue(), XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def file_of(request: HttpRequest, *, refusal: str) -> bytes:
    """Return the table that was sent.

    Raises:
        Invalid: none, or too large; `refusal` is its code.
    """
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise Invalid(refusal, field="file")
    return bytes(file.read())


def told(problem: Problem, columns: Columns) -> tuple[int, str, str]:
    """Return row, column and remedy of a problem as the page shows them."""
    column = columns[problem.column][0] if problem.column in columns else ""
    return problem.row, column, problem.remedy


def seal(content: bytes, *, what: str) -> str:
    """Return a checked table so that it cannot be changed on its way; `what` names its kind."""
    return _signer(what).sign(base64.b64encode(zlib.compress(content, 9)).decode())


def opened(sealed: str, *, what: str) -> bytes:
    """Return what was sealed within the hour.

    Raises:
        Conflict: it is too old or was changed.
    """
    try:
        return zlib.decompress(base64.b64decode(_signer(what).unsign(sealed, max_age=_HOUR)))
    except (BadSignature, ValueError, zlib.error) as error:
        raise Conflict("roster.expired", field="file") from error


def _signer(what: str) -> TimestampSigner:
    return TimestampSigner(salt=f"onegrid.table.{what}")
