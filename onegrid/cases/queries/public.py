"""What anybody may know: the promises, counts of the last days, and what a text may be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q

from onegrid.cases import reference, standing
from onegrid.cases.clocks import PROMISED
from onegrid.cases.models import Case, Clock
from onegrid.cases.terms import CaseClass
from onegrid.common.tenant_cache import TenantCache
from onegrid.core import triage
from onegrid.core.clock import ClockKind

#: Figures below this are not published: a single person might be recognised (k-anonymity).
LEAST = 5
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised for a class; the legal limit has no class."""

    case_class: str
    clock: str
    minutes: int | None
    working_days: int | None
    basis: str


def promises(*, on: date) -> tuple[Promise, ...]:
    """Return what is promised to everybody on a day: by class, then the legal limit."""
    rows = [
        row
        for row in reference.policies.get()
        if row.valid_from <= on
        and (row.valid_to is None or on < row.valid_to)
        and not (row.category_id or row.unit_id or row.channel)
    ]
    wanted = (
        (CaseClass.GENERAL, ClockKind.SOLUTION),
        (CaseClass.MAJOR, ClockKind.SOLUTION),
        (CaseClass.COMPLEX, ClockKind.PLAN),
        ("", ClockKind.LEGAL),
    )
    found = []
    for case_class, clock in wanted:
        fitting = [row for row in rows if row.clock == clock and row.case_class == case_class]
        found += [
            Promise(case_class, clock, row.minutes, row.working_days, row.basis)
            for row in fitting[-1:]
        ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of the last days; None where fewer than `LEAST` would be published."""

    days: int
    opened: int | None
    closed: int | None
    kept_percent: int | None


def _count_figures(now: datetime, days: int) -> Figures:
    since = now - timedelta(days=days)
    live = Case.objects.filter(standing.LIVE)
    ended = Clock.objects.filter(PROMISED, ended_at__gte=since, case__in=live).aggregate(
        n=Count("id"), kept=Count("id", filter=Q(ended_at__lte=F("due_at")))
    )
    return Figures(
        days=days,
        opened=_enough(live.filter(opened_at__gte=since).count()),
        closed=_enough(live.filter(closed_at__gte=since, state="closed").count()),
        kept_percent=round(100 * ended["kept"] / ended["n"]) if ended["n"] >= LEAST else None,
    )


def _enough(count: int) -> int | None:
    return count if count >= LEAST else None


_figures: TenantCache[dict[int, Figures]] = TenantCache(dict, seconds=_SECONDS)


def figures(*, now: datetime, days: int = 30) -> Figures:
    """Return the figures of the last days, at most a minute old, without replayed cases."""
    kept = _figures.get()
    if days not in kept:
        kept[days] = _count_figures(now, days)
    return kept[days]


def suggestions(text: str) -> tuple[triage.Suggestion, ...]:
    """Return up to three categories that the words of a text speak for, best first.

    A person confirms; the words found come along so that they can be shown.
    """
    rules = [
        triage.KeywordRule(row.code, row.words)
        for row in reference.categories.get().values()
        if row.words
    ]
    return triage.suggest(text, rules)
