"""What of the cases may leave the county for everybody: no words, no names, no exact place.

Reports of wrongdoing and confidential requests never go out, nor what came from another city in the
first place (two cities that read each other would send it back and forth).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from onegrid.cases import clocks, reference, standing
from onegrid.cases.models import FINAL, Case, Clock, Step
from onegrid.cases.request import EXCHANGED
from onegrid.cases.terms import Channel, Kind
from onegrid.common.refusals import NotFound
from onegrid.core import geo, numbers
from onegrid.core.flow import Action, State
from onegrid.grids.queries import area_names
from onegrid.organisation.queries import units

#: What anybody may be told of; the rest does not exist for strangers.
SHARED = (
    standing.LIVE
    & ~Q(kind=Kind.WHISTLE)
    & Q(confidential=False)
    & ~Q(state=State.DRAFT)
    & ~Q(batch__startswith=EXCHANGED)
)
_OPEN = ~Q(state__in=FINAL)


@dataclass(frozen=True, slots=True)
class SharedFilter:
    """Which cases; times are aware, spans are [from, to).

    Attributes:
        numbers: receipt numbers; when given, nothing else counts.
        categories: codes; empty: all.
        states: ``open`` and ``closed``; empty: both.
    """

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A case as a stranger may see it; ``lon`` and ``lat`` lie within about 100 m of the place."""

    id: UUID
    number: str
    state: State
    is_open: bool
    result: str
    category: reference.CategoryRow | None
    unit: str
    areas: tuple[str, ...]
    lon: float | None
    lat: float | None
    opened_at: datetime
    updated_at: datetime
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class SharedUpdate:
    """A case came into another state."""

    id: UUID
    number: str
    state: State
    is_open: bool
    at: datetime


_COLUMNS = (
    "id", "number", "state", "result", "category_id", "lead_unit_id", "community_id", "street_id",
    "lon", "lat", "opened_at", "changed_at", "closed_at", "case_class",
)  # fmt: skip


def shared_rows(wanted: SharedFilter, *, first: int, most: int) -> list[SharedRow]:
    """Return shared cases, the newest first, from the ``first``-th on."""
    found = _matching(wanted).order_by("-opened_at", "-id")
    rows = list(found.only(*_COLUMNS)[first : first + most])
    due = _promised([row.pk for row in rows])
    return [_row(case, due.get(case.pk)) for case in rows]


def shared_row(number: str) -> SharedRow:
    """Return one shared case.

    Raises:
        NotFound: there is none, or it is not shared: the same answer.
    """
    for row in shared_rows(SharedFilter(numbers=(number,)), first=0, most=1):
        return row
    raise NotFound("case.not_found")


def shared_number(*, key: UUID) -> str:
    """Return the number of a shared case by the idempotency key it was opened with from outside.

    Raises:
        NotFound: nothing was opened with it.
    """
    found = Step.objects.filter(key=key, action=Action.OPEN, channel=Channel.API)
    shared = Case.objects.filter(SHARED, pk__in=found.values("case_id"))
    for number in shared.values_list("number", flat=True):
        return number
    raise NotFound("case.not_found")


def shared_updates(*, since: datetime, until: datetime, most: int) -> list[SharedUpdate]:
    """Return what became of shared cases in [since, until), the oldest first."""
    cases = Case.objects.filter(SHARED, changed_at__gte=since)
    steps = Step.objects.filter(case__in=cases, at__gte=since, at__lt=until)
    moved = steps.exclude(from_state=F("to_state")).exclude(to_state=State.DRAFT)
    rows = moved.order_by("at", "id").values_list("id", "case__number", "to_state", "at")[:most]
    return [
        SharedUpdate(row_id, number, State(state), state not in FINAL, at)
        for row_id, number, state, at in rows
    ]


def _matching(wanted: SharedFilter) -> QuerySet[Case]:
    found = Case.objects.filter(SHARED)
    if wanted.numbers:
        return found.filter(number__in=_written(wanted.numbers))
    if wanted.states == {"open"}:
        found = found.filter(_OPEN)
    elif wanted.states == {"closed"}:
        found = found.exclude(_OPEN)
    if wanted.categories:
        found = found.filter(category__code__in=wanted.categories)
    return _updated(_opened(found, wanted), wanted)


def _opened(found: QuerySet[Case], wanted: SharedFilter) -> QuerySet[Case]:
    if wanted.opened_from is not None:
        found = found.filter(opened_at__gte=wanted.opened_from)
    if wanted.opened_to is not None:
        found = found.filter(opened_at__lt=wanted.opened_to)
    return found


def _updated(found: QuerySet[Case], wanted: SharedFilter) -> QuerySet[Case]:
    """Compare with the time that is shown; a closed case shows when it was closed."""
    if wanted.updated_from is None and wanted.updated_to is None:
        return found
    found = found.alias(updated_at=Coalesce("closed_at", "changed_at"))
    if wanted.updated_from is not None:
        since = wanted.updated_from
        found = found.filter(changed_at__gte=since, updated_at__gte=since)
    if wanted.updated_to is not None:
        found = found.filter(updated_at__lt=wanted.updated_to)
    return found


def _written(given: tuple[str, ...]) -> list[str]:
    found = []
    for number in given:
        try:
            found.append(str(numbers.parse(number)))
        except ValueError:
            continue
    return found


def _promised(ids: list[UUID]) -> dict[UUID, datetime]:
    rows = Clock.objects.filter(clocks.PROMISED, case_id__in=ids, case__round=F("round"))
    return dict(rows.values_list("case_id").annotate(due=Max("due_at")))


def _row(case: Case, expected_at: datetime | None) -> SharedRow:
    names, category = area_names(), reference.categories.get()
    unit = units().get(case.lead_unit_id) if case.lead_unit_id else None
    lon, lat = case.lon, case.lat
    if lon is not None and lat is not None:
        lon, lat = geo.coarse(lon, lat)
    return SharedRow(
        id=case.pk,
        number=case.number,
        state=State(case.state),
        is_open=case.state not in FINAL,
        result=case.result,
        category=category.get(case.category_id) if case.category_id else None,
        unit=unit.name if unit else "",
        areas=tuple(
            names[area] for area in (case.community_id, case.street_id) if area and area in names
        ),
        lon=lon,
        lat=lat,
        opened_at=case.opened_at,
        updated_at=case.closed_at or case.changed_at,
        expected_at=expected_at,
    )
