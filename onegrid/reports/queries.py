"""Promised and real times, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.queries.spans import Span, replayed_batches, spans
from onegrid.cases.terms import REPLAYED, CaseClass
from onegrid.common.refusals import NotFound
from onegrid.common.tenant_cache import TenantCache
from onegrid.core.calendar import DutyCalendar, working_between
from onegrid.core.clock import ClockKind
from onegrid.organisation.queries import calendars
from onegrid.reports.figures import Share, buckets, quantile, share

#: Live cases older than this are left out.
LIVE_DAYS = 365
LIVE = ""
_OFFICE = "office"
_SECONDS = 60.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Times:
    """Quantiles in seconds; None where too few cases were answered."""

    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One group of cases.

    Attributes:
        key: class, category code, or empty for all.
        promised: promised duty time in seconds, None for a group of several classes.
        wall: time from report to answer.
        working: the same in office hours.
        kept, legal, day, week: shares of promise, legal limit, answered within 1 and 7 days.
        counts: answered cases by bucket of `figures.BOUNDS`.
    """

    key: str
    opened: int
    answered: int
    promised: float | None
    wall: Times
    working: Times
    kept: Share | None
    legal: Share | None
    day: Share | None
    week: Share | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """What was promised and what really happened."""

    batch: str
    first: datetime | None
    last: datetime | None
    everything: Line
    classes: tuple[Line, ...]
    categories: tuple[Line, ...]


def choices() -> list[tuple[str, int]]:
    """Return the replayed batches that a report can be asked for: name and number of cases."""
    return [(batch.removeprefix(REPLAYED), count) for batch, count in replayed_batches()]


_kept: TenantCache[dict[str, PromiseReport]] = TenantCache(dict, seconds=_SECONDS)


def promise_report(viewer: Viewer, *, batch: str, now: datetime) -> PromiseReport:
    """Return the report of a replayed batch, or of the live cases (``batch`` empty).

    It holds counts only and is the same for everybody; at most a minute old.

    Raises:
        NotFound: there is no such batch.
    """
    kept = _kept.get()
    if batch not in kept:
        if batch and batch not in dict(choices()):
            raise NotFound("report.no_batch")
        kept[batch] = compute(batch=batch, now=now)
    return kept[batch]


def compute(*, batch: str, now: datetime) -> PromiseReport:
    """Compute the report afresh."""
    since = None if batch else now - timedelta(days=LIVE_DAYS)
    found = spans(batch=REPLAYED + batch if batch else "", since=since, now=now)
    codes = {key: row.code for key, row in reference.categories.get().items()}
    office = calendars()[_OFFICE]
    opened = [span.opened_at for span in found]
    groups: dict[str, list[Span]] = {}
    for span in found:
        if span.category_id in codes:
            groups.setdefault(codes[span.category_id], []).append(span)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return PromiseReport(
        batch=batch,
        first=min(opened, default=None),
        last=max(opened, default=None),
        everything=_line("", found, office, None),
        classes=tuple(
            _line(
                name, [span for span in found if span.case_class == name], office, _promised(name)
            )
            for name in CaseClass.values
        ),
        categories=tuple(_line(code, group, office, None) for code, group in ordered),
    )


def _promised(case_class: str) -> float | None:
    """Return the promised duty time of a class in seconds, as it stands in the policies."""
    kind = ClockKind.PLAN if case_class == CaseClass.COMPLEX else ClockKind.SOLUTION
    for row in reference.policies.get():
        plain = row.category_id is None and row.unit_id is None and not row.channel
        if row.clock == kind and row.case_class == case_class and plain and row.minutes:
            return row.minutes * 60.0
    return None


def _line(key: str, found: Sequence[Span], office: DutyCalendar, promised: float | None) -> Line:
    pairs = [(span.opened_at, span.answered_at) for span in found if span.answered_at is not None]
    wall = sorted((end - start).total_seconds() for start, end in pairs)
    working = sorted(working_between(office, start, end).total_seconds() for start, end in pairs)
    return Line(
        key=key,
        opened=len(found),
        answered=len(pairs),
        promised=promised,
        wall=_times(wall),
        working=_times(working),
        kept=_share(found, lambda span: span.kept),
        legal=_share(found, lambda span: span.legal),
        day=share(sum(value <= _DAY for value in wall), len(wall)),
        week=share(sum(value <= 7 * _DAY for value in wall), len(wall)),
        counts=buckets(wall),
    )


def _times(ordered: Sequence[float]) -> Times:
    p25, median, p75, p90 = (quantile(ordered, q) for q in (0.25, 0.5, 0.75, 0.9))
    return Times(p25, median, p75, p90)


def _share(found: Sequence[Span], kept: Callable[[Span], bool | None]) -> Share | None:
    said = [kept(span) for span in found]
    known = [value for value in said if value is not None]
    return share(sum(known), len(known))


def clear() -> None:
    """Forget computed reports."""
    _kept.clear()
