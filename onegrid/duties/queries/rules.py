"""Read the routing rules: the version in force, the draft, and those before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from onegrid.common.refusals import NotFound
from onegrid.common.tenant_cache import TenantCache
from onegrid.duties.models import RoutingRule, RuleBook
from onegrid.duties.terms import BookState


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of a version; ``position`` counts from 1."""

    id: UUID
    position: int
    area_id: UUID | None
    category_code: str
    item_code: str
    words: tuple[str, ...]
    hours: str
    calendar: str
    target: str
    unit_id: UUID | None
    co_unit_ids: tuple[UUID, ...]
    why: str


@dataclass(frozen=True, slots=True)
class BookRow:
    """A version with its rules in their order."""

    id: UUID
    version: int
    state: str
    made_at: datetime
    live_from: datetime | None
    live_to: datetime | None
    tried_at: datetime | None
    tried_cases: int
    tried_elsewhere: int
    rules: tuple[RuleRow, ...] = ()


_BOOK = (
    "id",
    "version",
    "state",
    "made_at",
    "live_from",
    "live_to",
    "tried_at",
    "tried_cases",
    "tried_elsewhere",
)


def _rows(book_id: UUID) -> tuple[RuleRow, ...]:
    found = RoutingRule.objects.filter(book_id=book_id).order_by("position")
    return tuple(
        RuleRow(
            id=row.id,
            position=row.position,
            area_id=row.area_id,
            category_code=row.category_code,
            item_code=row.item_code,
            words=tuple(row.words),
            hours=row.hours,
            calendar=row.calendar,
            target=row.target,
            unit_id=row.unit_id,
            co_unit_ids=tuple(row.co_unit_ids),
            why=row.why,
        )
        for row in found
    )


def _whole(values: tuple[Any, ...]) -> BookRow:
    return replace(BookRow(*values), rules=_rows(values[0]))


def _read(state: str) -> BookRow | None:
    values = RuleBook.objects.filter(state=state).values_list(*_BOOK).first()
    return None if values is None else _whole(values)


_live: TenantCache[BookRow | None] = TenantCache(lambda: _read(BookState.LIVE))


def live_book() -> BookRow | None:
    """Return the rules in force, or None where none were published yet."""
    return _live.get()


def draft_book() -> BookRow | None:
    """Return the draft, or None."""
    return _read(BookState.DRAFT)


def book(version: int) -> BookRow:
    """Return any version.

    Raises:
        NotFound: there is none with this number.
    """
    values = RuleBook.objects.filter(version=version).values_list(*_BOOK).first()
    if values is None:
        raise NotFound("rules.no_version", version=version)
    return _whole(values)


def books() -> tuple[BookRow, ...]:
    """Return every version without its rules, the newest first."""
    rows = RuleBook.objects.order_by("-version").values_list(*_BOOK)
    return tuple(BookRow(*row) for row in rows)


def clear() -> None:
    """Forget the cached rules."""
    _live.clear()
