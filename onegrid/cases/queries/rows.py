"""The queue in other shapes: points for the map, rows for a sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries.desk import _COLUMNS, DeskRow, Filters, apply, ordered, rows_of

MOST_POINTS = 2_000
MOST_EXPORTED = 5_000
#: Runs of digits that may be a phone or identity number.
_DIGITS = re.compile(r"(?<!\d)\d{7,17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class PointRow:
    """A case as a dot on the map; WGS 84 degrees."""

    number: str
    title: str
    state: str
    case_class: str
    mark: str
    safety: bool
    due_at: datetime | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows for a sheet; ``total`` counts those that the filter finds, ``rows`` are cut off."""

    rows: tuple[DeskRow, ...]
    total: int


def points(viewer: Viewer, *, filters: Filters) -> tuple[PointRow, ...]:
    """Return the cases of a queue that have a place, at most `MOST_POINTS`, the most urgent first.

    Raises:
        Forbidden: the viewer has no desk.
    """
    found = ordered(apply(viewer, filters).filter(lon__isnull=False), filters.order)
    rows = found.values_list(*PointRow.__slots__)[:MOST_POINTS]
    return tuple(PointRow(*row) for row in rows)


def export_rows(viewer: Viewer, *, filters: Filters) -> Sheet:
    """Return the rows of a queue for a sheet, at most `MOST_EXPORTED`, without personal data.

    Titles of confidential cases are left out, and digits that may be a phone or identity number
    are hidden, because a sheet leaves the product.

    Raises:
        Forbidden: the viewer has no desk.
    """
    found = apply(viewer, filters)
    read = ordered(found, filters.order).values_list("confidential", *_COLUMNS)[:MOST_EXPORTED]
    listed = list(read)
    rows = rows_of((row[1:] for row in listed), viewer.language)
    shown = tuple(
        replace(row, title="" if secret else hide(row.title), address=hide(row.address))
        for (secret, *_), row in zip(listed, rows, strict=True)
    )
    cut = len(listed) == MOST_EXPORTED
    return Sheet(rows=shown, total=found.count() if cut else len(shown))


def hide(text: str) -> str:
    """Hide long runs of digits in free text: 13812345678 becomes 138********."""
    return _DIGITS.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), text)
