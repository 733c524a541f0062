"""The queue of a desk: only what is within the viewer's scope, sorted by the time left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference, standing
from onegrid.cases.models import Case
from onegrid.cases.terms import ClockMark
from onegrid.common.refusals import Forbidden
from onegrid.core.flow import FINAL
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units

PAGE = 50
MOST = 200
#: A queue is counted up to here: nobody pages further, and counting all of a county is slow.
COUNTED = 10_000
#: Sort orders that a page may ask for; the key of the row comes last so that pages never overlap.
ORDERS: dict[str, tuple[str, ...]] = {
    "due": ("due_at", "opened_at", "id"),
    "-due": ("-due_at", "-opened_at", "-id"),
    "opened": ("opened_at", "id"),
    "-opened": ("-opened_at", "-id"),
    "changed": ("changed_at", "id"),
    "-changed": ("-changed_at", "-id"),
    "number": ("number", "id"),
    "-number": ("-number", "-id"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a desk may filter by; everything is optional.

    Attributes:
        which: ``turn`` (what waits for the viewer), ``approval`` (for the viewer's approval),
            ``open``, ``closed`` or ``all``.
        marks: ``due_soon`` and/or ``overdue``.
        words: looked for in number, title and address.
    """

    which: str = "turn"
    states: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    category: str = ""
    unit: UUID | None = None
    community: UUID | None = None
    marks: tuple[str, ...] = ()
    channel: str = ""
    words: str = ""
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    order: str = "due"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One case in a queue; nothing personal."""

    id: UUID
    number: str
    title: str
    state: str
    case_class: str
    class_confirmed: bool
    category: str
    community: str
    grid: str
    unit: str
    address: str
    channel: str
    safety: bool
    round: int
    mark: str
    opened_at: datetime
    due_at: datetime | None
    changed_at: datetime
    lon: float | None
    lat: float | None
    asks_open: bool = False
    approval_open: bool = False


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of a queue."""

    rows: tuple[DeskRow, ...]
    total: int
    page: int
    pages: int
    #: there are more than `COUNTED`
    capped: bool = False


_COLUMNS = (
    "id", "number", "title", "state", "case_class", "class_confirmed", "category_id",
    "community_id", "grid_id", "lead_unit_id", "address", "channel", "safety", "round", "mark",
    "opened_at", "due_at", "changed_at", "lon", "lat", "asks_open",
    "approval_open",
)  # fmt: skip


def scoped(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases a viewer may see.

    Raises:
        Forbidden: the viewer has no desk.
    """
    if viewer.is_system:
        return Case.objects.filter(standing.LIVE)
    if not any(grant.role in standing.RELATIONS for grant in viewer.grants):
        raise Forbidden("forbidden")
    return Case.objects.filter(standing.visible(viewer), standing.LIVE)


def turn_of(viewer: Viewer) -> Q:
    """Return the condition for what waits for this viewer."""
    states = {state for role in viewer.roles for state in standing.TURN.get(role, ())}
    turn = Q(state__in=states)
    if viewer.roles & standing.DECIDING:
        turn |= Q(asks_open=True)
    if viewer.roles & standing.APPROVING:
        turn |= standing.to_approve(viewer)
    return turn


def apply(viewer: Viewer, filters: Filters) -> QuerySet[Case]:
    """Return the cases of a viewer under some filters, unordered."""
    found = scoped(viewer).filter(_which(viewer, filters.which))
    exact = {
        "state__in": filters.states,
        "case_class__in": filters.classes,
        "lead_unit_id": filters.unit,
        "community_id": filters.community,
        "mark__in": [mark for mark in filters.marks if mark in ClockMark.values],
        "channel": filters.channel,
        "opened_at__gte": filters.opened_from,
        "opened_at__lt": filters.opened_to,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.category:
        found = found.filter(category_id__in=_category_ids(filters.category))
    if filters.words:
        found = found.filter(_words(filters.words))
    return found


def _category_ids(code: str) -> list[UUID]:
    """Return the ids of a category and of those below it."""
    row = reference.category_by_code(code)
    if row is None:
        return []
    below = [item.id for item in reference.categories.get().values() if item.parent_id == row.id]
    return [row.id, *below]


def _which(viewer: Viewer, which: str) -> Q:
    if which == "turn":
        return turn_of(viewer)
    if which == "approval":
        return standing.to_approve(viewer)
    if which == "open":
        return ~Q(state__in=FINAL)
    if which == "closed":
        return Q(state__in=FINAL)
    return Q()


def _words(words: str) -> Q:
    condition = Q()
    for word in words.split()[:5]:
        condition &= (
            Q(number__icontains=word) | Q(title__icontains=word) | Q(address__icontains=word)
        )
    return condition


def desk_queue(viewer: Viewer, *, filters: Filters, page: int = 1, size: int = PAGE) -> DeskPage:
    """Return one page of a desk's queue.

    Args:
        page: from 1; beyond the end the last page is returned.
        size: rows of a page, at most `MOST`.

    Raises:
        Forbidden: the viewer has no desk.
    """
    found = apply(viewer, filters)
    size = max(1, min(size, MOST))
    counted = found.order_by()[: COUNTED + 1].count()
    total = min(counted, COUNTED)
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    rows = ordered(found, filters.order)[(page - 1) * size : page * size].values_list(*_COLUMNS)
    return DeskPage(
        rows=rows_of(rows, viewer.language),
        total=total,
        page=page,
        pages=pages,
        capped=counted > COUNTED,
    )


def ordered(found: QuerySet[Case], order: str) -> QuerySet[Case]:
    """Sort cases in one of `ORDERS`; an unknown one sorts by the time left."""
    return found.order_by(*(nulls_last(name) for name in ORDERS.get(order, ORDERS["due"])))


def nulls_last(name: str, *, nulls_first: bool = False) -> OrderBy | str:
    """Return how to sort by a column: cases without a due time last, or first when turned round."""
    last = None if nulls_first else True
    if name == "due_at":
        return F("due_at").asc(nulls_last=last, nulls_first=nulls_first or None)
    if name == "-due_at":
        return F("due_at").desc(nulls_last=last, nulls_first=nulls_first or None)
    return name


def rows_of(rows: Iterable[tuple[Any, ...]], language: str) -> tuple[DeskRow, ...]:
    """Name the categories, areas and units of rows read with `_COLUMNS`."""
    names = area_names()
    unit_names = {unit_id: unit.name for unit_id, unit in units().items()}
    labels = {key: row.label(language) for key, row in reference.categories.get().items()}
    named = (labels, names, names, unit_names)
    return tuple(
        DeskRow(
            *row[:6],
            *(table.get(key, "") for table, key in zip(named, row[6:10], strict=True)),
            *row[10:],
        )
        for row in rows
    )


def turn_counts(viewer: Viewer) -> dict[str, int]:
    """Return how many cases wait for the viewer: ``turn``, ``due_soon``, ``overdue``, ``open``.

    Heads are told besides how many wait for their ``approval``.
    """
    open_cases = scoped(viewer).exclude(state__in=FINAL)
    turn, heads = turn_of(viewer), viewer.roles & standing.APPROVING
    more = {"approval": Count("id", filter=standing.to_approve(viewer))} if heads else {}
    return open_cases.aggregate(
        turn=Count("id", filter=turn),
        due_soon=Count("id", filter=turn & Q(mark=ClockMark.DUE_SOON)),
        overdue=Count("id", filter=turn & Q(mark=ClockMark.OVERDUE)),
        open=Count("id"),
        **more,
    )
