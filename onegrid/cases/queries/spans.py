"""From report to answer: the raw times behind the figures on promises; no person, no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from onegrid.cases import standing
from onegrid.cases.models import Case, Clock, Step
from onegrid.cases.terms import REPLAYED
from onegrid.core.clock import ClockKind
from onegrid.core.flow import Action, State


@dataclass(frozen=True, slots=True)
class Span:
    """One case.

    Attributes:
        answered_at: when it was first reported done or answered, None while it is not.
        kept: whether the promise of its class was kept; None while nobody can say.
        legal: the same of the legal limit.
    """

    case_class: str
    category_id: UUID | None
    opened_at: datetime
    answered_at: datetime | None
    kept: bool | None
    legal: bool | None


def spans(*, batch: str, since: datetime | None, now: datetime) -> list[Span]:
    """Return the cases of a replayed batch, or the live ones (``batch`` empty) opened since.

    A clock that still runs past its due time counts as broken, so that slow cases do not vanish;
    withdrawn cases are left out, since nobody could keep their promise.
    """
    found = Case.objects.filter(batch=batch) if batch else Case.objects.filter(standing.LIVE)
    if since is not None:
        found = found.filter(opened_at__gte=since)
    found = found.exclude(state=State.WITHDRAWN)
    answers = _answers(found)
    clocks = _clocks(found, now)
    rows = found.values_list("id", "case_class", "category_id", "opened_at")
    return [
        Span(
            case_class=case_class,
            category_id=category_id,
            opened_at=opened_at,
            answered_at=answers.get(case_id),
            kept=clocks.get((case_id, "complex" if case_class == "complex" else "")),
            legal=clocks.get((case_id, ClockKind.LEGAL)),
        )
        for case_id, case_class, category_id, opened_at in rows
    ]


def _answers(found: QuerySet[Case]) -> Mapping[UUID, datetime]:
    rows = Step.objects.filter(
        case__in=found.values("id"), action__in=[Action.FINISH, Action.ANSWER_NOW]
    )
    return dict(rows.values_list("case_id").annotate(at=Min("at")).order_by())


def _clocks(found: QuerySet[Case], now: datetime) -> Mapping[tuple[UUID, str], bool]:
    """Return whether clocks of the first round were kept, by case and kind.

    The promise of a complex case is its plan, of the others the solution.
    """
    kinds = {ClockKind.SOLUTION: "", ClockKind.PLAN: "complex", ClockKind.LEGAL: ClockKind.LEGAL}
    rows: Iterable[tuple[UUID, str, datetime, datetime | None, bool]] = Clock.objects.filter(
        case__in=found.values("id"), kind__in=list(kinds), round=1
    ).values_list("case_id", "kind", "due_at", "ended_at", "paused")
    kept: dict[tuple[UUID, str], bool] = {}
    for case_id, kind, due, ended, paused in rows:
        if ended is not None:
            kept[case_id, kinds[ClockKind(kind)]] = ended <= due
        elif due < now and not paused:
            kept[case_id, kinds[ClockKind(kind)]] = False
    return kept


def replayed_batches() -> list[tuple[str, int]]:
    """Return the replayed batches with the number of their cases, the largest first."""
    rows = Case.objects.filter(batch__startswith=REPLAYED).exclude(external_id="")
    return list(rows.values_list("batch").annotate(n=Count("id")).order_by("-n", "batch"))
