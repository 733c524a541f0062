"""Read single cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from onegrid.common.tables.problems import Bad

_LOCAL = ZoneInfo("Asia/Shanghai")
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)


def moment(cell: str) -> datetime:
    """Read a time; without a zone it is the county's, without hours it is midnight.

    Raises:
        Bad: it is empty, no time, or before the year 2000.
    """
    if not cell:
        raise Bad(0, "", "row.empty")
    match = _MOMENT.fullmatch(cell)
    if match is None:
        raise Bad(0, "", "row.date", value=cell[:40])
    *parts, zone = match.groups()
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        plain = datetime(year, month, day, hour, minute, second, tzinfo=_LOCAL)
        if zone:
            plain = datetime.fromisoformat(f"{plain:%Y-%m-%dT%H:%M:%S}{zone}")
    except ValueError as error:
        raise Bad(0, "", "row.date", value=cell[:40]) from error
    if plain < _OLDEST:
        raise Bad(0, "", "row.old", value=cell[:40])
    return plain


def number(cell: str) -> float | None:
    """Read degrees; empty is None.

    Raises:
        Bad: it is no number between -180 and 180.
    """
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError as error:
        raise Bad(0, "", "row.number", value=cell[:40]) from error
    if not math.isfinite(value) or abs(value) > 180:
        raise Bad(0, "", "row.number", value=cell[:40])
    return value


def optional_moment(cell: str) -> datetime | None:
    """Read a time that may be missing.

    Raises:
        Bad: it is no time, or before the year 2000.
    """
    return moment(cell) if cell else None


def words(most: int, *, needed: bool = False) -> Callable[[str], str]:
    """Return a reader of at most so many characters."""

    def read_cell(cell: str) -> str:
        if needed and not cell:
            raise Bad(0, "", "row.empty")
        if len(cell) > most:
            raise Bad(0, "", "row.too_long", most=most, got=len(cell))
        return cell

    return read_cell


def one_of(values: dict[str, str], *, default: str | None = None) -> Callable[[str], str]:
    """Return a reader of a closed list.

    Args:
        values: what may be written, in small letters, and what it means.
        default: what an empty cell means; None: it must be filled in.
    """

    def read_cell(cell: str) -> str:
        if not cell and default is not None:
            return default
        if not cell:
            raise Bad(0, "", "row.empty")
        found = values.get(cell.lower())
        if found is None:
            raise Bad(0, "", "row.choice", value=cell[:40], known=", ".join(values))
        return found

    return read_cell


def count(cell: str) -> int | None:
    """Read a whole number from 0; empty is None.

    Raises:
        Bad: it is something else.
    """
    if not cell:
        return None
    if not cell.isascii() or not cell.isdigit() or len(cell) > 9:
        raise Bad(0, "", "row.count", value=cell[:40])
    return int(cell)
