"""The live board of the county centre: counts only, nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.clocks import PROMISED
from onegrid.cases.models import Case, Clock, Verdict
from onegrid.cases.queries.desk import _COLUMNS, DeskRow, rows_of, scoped
from onegrid.cases.terms import CaseClass, ClockMark, Satisfied, Solved
from onegrid.core.flow import FINAL, State
from onegrid.grids.queries import area_names


@dataclass(frozen=True, slots=True)
class Promise:
    """How a promise was kept for one class over a span."""

    case_class: str
    kept: int
    ended: int

    @property
    def percent(self) -> float | None:
        """Return the share kept in per cent, or None when nothing has ended."""
        return 100 * self.kept / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Called:
    """What call-backs and residents said over a span; who could not be reached stands apart.

    Attributes:
        reached: cases with a verdict.
        unreachable: cases that closed because nobody answered.
        solved: of those reached, solved in the words of the resident.
        satisfied: of those reached, satisfied or basically satisfied.
    """

    reached: int
    unreachable: int
    solved: int
    satisfied: int

    @property
    def unreachable_percent(self) -> float | None:
        """Return the share that could not be reached, or None when nobody was called."""
        total = self.reached + self.unreachable
        return 100 * self.unreachable / total if total else None


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Open and overdue cases of a community."""

    area_id: UUID
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Board:
    """What the county centre sees at a glance."""

    opened_today: int
    closed_today: int
    open: int
    overdue: int
    due_soon: int
    states: Mapping[str, int]
    classes: Mapping[str, int]
    promises: tuple[Promise, ...]
    called: Called
    communities: tuple[AreaCount, ...]
    most_overdue: tuple[DeskRow, ...]
    latest: tuple[DeskRow, ...]


def board(viewer: Viewer, *, now: datetime, days: int = 30) -> Board:
    """Return the board of the viewer's scope; replayed cases are left out.

    Args:
        days: span of the promises kept.

    Raises:
        Forbidden: the viewer has no desk.
    """
    live = scoped(viewer)
    pending = live.exclude(state__in=FINAL)
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    states = dict(pending.values_list("state").annotate(n=Count("id")).order_by())
    marks = dict(pending.values_list("mark").annotate(n=Count("id")).order_by())
    return Board(
        opened_today=live.filter(opened_at__gte=midnight).count(),
        closed_today=live.filter(closed_at__gte=midnight).count(),
        open=sum(states.values()),
        overdue=marks.get(ClockMark.OVERDUE, 0),
        due_soon=marks.get(ClockMark.DUE_SOON, 0),
        states=states,
        classes=dict(pending.values_list("case_class").annotate(n=Count("id")).order_by()),
        promises=_promises(viewer, since=now - timedelta(days=days)),
        called=_called(live, since=now - timedelta(days=days)),
        communities=_communities(pending),
        most_overdue=_rows(
            pending.filter(mark=ClockMark.OVERDUE).order_by("due_at", "id")[:8], viewer
        ),
        latest=_rows(live.order_by("-opened_at", "-id")[:8], viewer),
    )


def _rows(queryset: object, viewer: Viewer) -> tuple[DeskRow, ...]:
    return rows_of(queryset.values_list(*_COLUMNS), viewer.language)  # type: ignore[attr-defined]


def _promises(viewer: Viewer, *, since: datetime) -> tuple[Promise, ...]:
    """Count ended promises by class: the solution clock, and for complex cases the plan clock."""
    rows = (
        Clock.objects.filter(PROMISED, ended_at__gte=since, case__in=scoped(viewer))
        .values_list("case__case_class")
        .annotate(ended=Count("id"), kept=Count("id", filter=Q(ended_at__lte=F("due_at"))))
        .order_by()
    )
    found = {row[0]: Promise(row[0], kept=row[2], ended=row[1]) for row in rows}
    return tuple(found.get(name, Promise(name, 0, 0)) for name in CaseClass.values)


def _called(live: QuerySet[Case], *, since: datetime) -> Called:
    """Count what was said in call-back; a case without a verdict closed unreached."""
    given = Verdict.objects.filter(reached=True, at__gte=since, case__in=live)
    counted = given.aggregate(
        reached=Count("case_id", distinct=True),
        solved=Count("case_id", distinct=True, filter=Q(solved=Solved.YES)),
        satisfied=Count("case_id", distinct=True, filter=~Q(satisfied=Satisfied.NO)),
    )
    said = Verdict.objects.filter(case_id=OuterRef("pk"), reached=True, round=OuterRef("round"))
    tried = Verdict.objects.filter(case_id=OuterRef("pk"), reached=False, round=OuterRef("round"))
    lost = live.filter(state=State.CLOSED, closed_at__gte=since).filter(
        Exists(tried), ~Exists(said)
    )
    return Called(unreachable=lost.count(), **counted)


def _communities(pending: object) -> tuple[AreaCount, ...]:
    names = area_names()
    rows = (
        pending.filter(community__isnull=False)  # type: ignore[attr-defined]
        .values_list("community_id")
        .annotate(n=Count("id"), late=Count("id", filter=Q(mark=ClockMark.OVERDUE)))
        .order_by("-n")
    )
    return tuple(AreaCount(area, names.get(area, ""), n, late) for area, n, late in rows)
