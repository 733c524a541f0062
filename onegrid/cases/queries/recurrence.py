"""What came back after closing: the list of a desk, and what it takes from "solved" (N8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.models import Link, Verdict
from onegrid.cases.queries.desk import scoped
from onegrid.cases.terms import LinkKind, Solved
from onegrid.core.flow import State
from onegrid.organisation.queries import units

MOST = 200


@dataclass(frozen=True, slots=True)
class RecurrenceRow:
    """A case that came back, and the closed one before it; ``days`` lie between.

    Attributes:
        unit: name of the unit that had closed it.
    """

    number: str
    title: str
    state: str
    before: str
    address: str
    category: str
    unit: str
    opened_at: datetime
    closed_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Share:
    """Of the cases closed in a span: how many came back, were called solved, and stayed so."""

    closed: int
    recurred: int
    solved: int
    lasting: int

    @property
    def recurred_percent(self) -> int | None:
        """Return the share that came back, or None of nothing."""
        return round(100 * self.recurred / self.closed) if self.closed else None

    @property
    def lasting_percent(self) -> int | None:
        """Return the share that was called solved and did not come back, or None of nothing."""
        return round(100 * self.lasting / self.closed) if self.closed else None


def recurrence_share(viewer: Viewer, *, since: datetime, until: datetime) -> Share:
    """Return how many of the viewer's cases closed in ``[since, until)`` came back.

    A case whose last verdict says solved counts as lasting only if nothing came back after it.

    Raises:
        Forbidden: the viewer has no desk.
    """
    back = Link.objects.filter(other_id=OuterRef("pk"), kind=LinkKind.RECURRENCE)
    good = Verdict.objects.filter(
        case_id=OuterRef("pk"), round=OuterRef("round"), reached=True, solved=Solved.YES
    )
    rows = (
        scoped(viewer)
        .filter(state=State.CLOSED, closed_at__gte=since, closed_at__lt=until)
        .annotate(back=Exists(back), good=Exists(good))
    )
    found = list(rows.values_list("back", "good"))
    return Share(
        closed=len(found),
        recurred=sum(back for back, _ in found),
        solved=sum(good for _, good in found),
        lasting=sum(good and not back for back, good in found),
    )


def recurrences(viewer: Viewer, *, since: datetime) -> tuple[RecurrenceRow, ...]:
    """Return the viewer's cases that came back since a day, newest first, at most `MOST`.

    Raises:
        Forbidden: the viewer has no desk.
    """
    mine = scoped(viewer).filter(opened_at__gte=since)
    links = (
        Link.objects.filter(Q(case__in=mine), kind=LinkKind.RECURRENCE)
        .select_related("case", "other")
        .order_by(F("case__opened_at").desc(), "id")[:MOST]
    )
    return tuple(_row(viewer, link) for link in links)


def _row(viewer: Viewer, link: Link) -> RecurrenceRow:
    case, before = link.case, link.other
    category = reference.categories.get().get(case.category_id) if case.category_id else None
    unit = units().get(before.lead_unit_id) if before.lead_unit_id else None
    ended = before.closed_at or before.changed_at
    return RecurrenceRow(
        number=case.number,
        title=case.title,
        state=case.state,
        before=before.number,
        address=case.address,
        category=category.label(viewer.language) if category else "",
        unit=unit.name if unit else "",
        opened_at=case.opened_at,
        closed_at=ended,
        days=(case.opened_at - ended).days,
    )
