"""What was closed and solved, counted by kind, place, unit and month (S63); nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.timezone import get_current_timezone, make_aware

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case, Link, Verdict
from onegrid.cases.queries.desk import scoped
from onegrid.cases.terms import LinkKind, Solved
from onegrid.core.flow import State


@dataclass(frozen=True, slots=True)
class Tally:
    """Closed cases that have some things in common.

    Attributes:
        category_id, community_id, unit_id: None where there is none.
        month: first day of the month of closing; None where months are not told apart.
        reached: the resident was heard on the last round.
        solved, partly: of those reached, in the words of the resident.
        back: the same matter came back afterwards.
    """

    category_id: UUID | None
    community_id: UUID | None
    unit_id: UUID | None
    month: date | None
    closed: int
    reached: int
    solved: int
    partly: int
    back: int


_HEARD = {
    "closed": Count("id"),
    "reached_n": Count("id", filter=Q(reached=True)),
    "solved_n": Count("id", filter=Q(solved=True)),
    "partly_n": Count("id", filter=Q(partly=True, solved=False)),
    "back_n": Count("id", filter=Q(back=True)),
}


def solved_by_place(viewer: Viewer, *, first: date, until: date) -> tuple[Tally, ...]:
    """Count the viewer's cases closed on local days ``[first, until)`` by kind, place and unit.

    Raises:
        Forbidden: the viewer has no desk.
    """
    names = ("category_id", "community_id", "lead_unit_id")
    rows = _closed(viewer, first, until).values_list(*names).annotate(**_HEARD)
    return tuple(_tally((*row[:3], None), row[3:]) for row in rows.order_by())


def solved_by_month(viewer: Viewer, *, first: date, until: date) -> tuple[Tally, ...]:
    """Count the viewer's cases closed on local days ``[first, until)`` by kind and month.

    Raises:
        Forbidden: the viewer has no desk.
    """
    month = TruncMonth("closed_at", tzinfo=get_current_timezone())
    rows = (
        _closed(viewer, first, until)
        .annotate(month=month)
        .values_list("category_id", "month")
        .annotate(**_HEARD)
    )
    return tuple(_tally((row[0], None, None, row[1].date()), row[2:]) for row in rows.order_by())


def _tally(what: Sequence[Any], counts: Sequence[int]) -> Tally:
    return Tally(*what, *counts)


def _closed(viewer: Viewer, first: date, until: date) -> QuerySet[Case]:
    said = Verdict.objects.filter(case_id=OuterRef("pk"), round=OuterRef("round"), reached=True)
    back = Link.objects.filter(other_id=OuterRef("pk"), kind=LinkKind.RECURRENCE)
    return (
        scoped(viewer)
        .filter(state=State.CLOSED, closed_at__gte=_start(first), closed_at__lt=_start(until))
        .annotate(
            reached=Exists(said),
            solved=Exists(said.filter(solved=Solved.YES)),
            partly=Exists(said.filter(solved=Solved.PARTLY)),
            back=Exists(back),
        )
    )


def _start(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))
