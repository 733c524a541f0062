"""The queue's filter as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.timezone import get_current_timezone

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.queries import Filters
from onegrid.cases.terms import STATE_LABELS, CaseClass, Channel, ClockMark
from onegrid.core.flow import State
from onegrid.grids.queries import areas
from onegrid.grids.terms import AreaLevel
from onegrid.organisation.queries import units

TABS = ("turn", "approval", "open", "closed", "all")
#: What of an address belongs to the filter, in the order in which it is written.
NAMES = (
    "which", "state", "class", "category", "community", "unit", "mark", "channel", "words",
    "from", "to", "order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter offers: pairs of value and words."""

    states: list[tuple[str, Any]]
    classes: list[tuple[str, Any]]
    categories: list[tuple[str, str]]
    communities: list[tuple[UUID, str]]
    units: list[tuple[UUID, str]]
    marks: list[tuple[str, Any]]
    channels: list[tuple[str, Any]]


def read(given: QueryDict) -> Filters:
    """Read a filter; what cannot be understood is left out."""
    which = given.get("which", "turn")
    last = _day(given.get("to", ""))
    return Filters(
        which=which if which in TABS else "turn",
        states=tuple(name for name in given.getlist("state") if name in set(State)),
        classes=tuple(name for name in given.getlist("class") if name in CaseClass.values),
        category=given.get("category", ""),
        unit=_uuid(given.get("unit", "")),
        community=_uuid(given.get("community", "")),
        marks=tuple(name for name in given.getlist("mark") if name in ClockMark.values),
        channel=given.get("channel", ""),
        words=given.get("words", "")[:80].replace("\x00", ""),
        opened_from=_day(given.get("from", "")),
        opened_to=last + timedelta(days=1) if last else None,
        order=given.get("order", "due"),
    )


def query_of(given: QueryDict, **changes: str) -> str:
    """Return the filter of an address as a query string without the page, empty parts left out."""
    clean = QueryDict(mutable=True)
    for name in NAMES:
        values = [changes[name]] if name in changes else given.getlist(name)
        clean.setlist(name, [value for value in values if value])
    return clean.urlencode()


def is_narrow(filters: Filters) -> bool:
    """Tell whether anything besides the tab and the order is set."""
    return filters != Filters(which=filters.which, order=filters.order)


def choices(viewer: Viewer, *, now: datetime) -> Choices:
    """Return what a desk can choose from."""
    communities = areas(level=AreaLevel.COMMUNITY, on=now)
    labels = reference.categories.get().values()
    return Choices(
        states=[(state.value, STATE_LABELS[state]) for state in State if state != State.DRAFT],
        classes=list(CaseClass.choices),
        categories=[(row.code, row.label(viewer.language)) for row in labels if not row.parent_id],
        communities=[(row.id, row.name) for row in communities],
        units=[(unit.id, unit.name) for unit in units().values()],
        marks=[choice for choice in ClockMark.choices if choice[0] != ClockMark.NONE],
        channels=list(Channel.choices),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
    except ValueError:
        return None
