"""The public page: what was promised, and what really happened."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from onegrid.cases import reference
from onegrid.cases.terms import CaseClass
from onegrid.common.refusal_texts import register
from onegrid.reports.figures import BOUNDS, LEAST, Share
from onegrid.reports.queries import LIVE, Line, PromiseReport, choices, promise_report
from onegrid.web.middleware import Request

register({"report.no_batch": gettext_lazy("There is no such list of cases. Choose one.")})

_HOUR, _DAY = 3600.0, 86_400.0
#: The picture's axis: logarithmic, a quarter of an hour to four years, in per cent of its width.
_FROM, _TO = log10(900.0), log10(4 * 365 * _DAY)
_TICKS = (_HOUR, _DAY, 10 * _DAY, 365 * _DAY)
#: Height of a class in the picture, in pixels.
_ROW = 88
_LIVE_WORD = "live"


@dataclass(frozen=True, slots=True)
class Bar:
    """A class in the picture; places in per cent, heights in pixels."""

    label: str
    words: str
    y: int
    promised: float | None
    start: float | None
    width: float | None
    median: float | None


@require_safe
def promises(request: Request) -> HttpResponse:
    """Show the report of the chosen cases."""
    report = _report(request)
    lists = choices()
    context = {
        "report": report,
        "chosen": report.batch or _LIVE_WORD,
        "options": [(_LIVE_WORD, _("Cases of the last year"), report.batch == LIVE)]
        + [(name, f"{name} ({count})", report.batch == name) for name, count in lists],
        "bars": [_bar(number, line) for number, line in enumerate(report.classes)],
        "ticks": [(_place(tick), duration(tick)) for tick in _TICKS],
        "height": _ROW * len(report.classes) + 28,
        "axis": _ROW * len(report.classes),
        "table": [
            _cells(_class_name(line.key), line) for line in (*report.classes, report.everything)
        ],
        "categories": [
            _cells(_category(line.key, request.viewer.language), line)
            for line in report.categories
            if line.opened >= LEAST
        ],
        "hidden": sum(line.opened < LEAST for line in report.categories),
        "buckets": list(_buckets(report.everything)),
        "least": LEAST,
        "enough": report.everything.answered >= LEAST,
    }
    return render(request, "public/promises.html", context)


@require_safe
def table(request: Request) -> HttpResponse:
    """Answer with the report as CSV; figures of too small groups are empty."""
    report = _report(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="promises.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "group", "key", "cases", "answered", "promised_hours",
            "wall_median_hours", "wall_p75_hours", "wall_p90_hours",
            "working_median_hours", "working_p75_hours", "working_p90_hours",
            "kept_n", "kept_percent", "kept_low", "kept_high",
            "legal_n", "legal_percent", "legal_low", "legal_high",
            "within_1_day_percent", "within_7_days_percent",
        ]
    )  # fmt: skip
    for group, lines in (
        ("all", (report.everything,)),
        ("class", report.classes),
        ("category", report.categories),
    ):
        writer.writerows(_csv_row(group, line) for line in lines)
    return response


def _report(request: Request) -> PromiseReport:
    wanted = request.GET.get("batch", "")
    batch = LIVE if wanted in {"", _LIVE_WORD} else wanted
    report = promise_report(request.viewer, batch=batch, now=request.now)
    if not wanted and report.everything.answered < LEAST:
        replayed = choices()
        if replayed:
            return promise_report(request.viewer, batch=replayed[0][0], now=request.now)
    return report


def _csv_row(group: str, line: Line) -> list[object]:
    shown = line.opened >= LEAST
    times = [
        _hours(value)
        for times in (line.wall, line.working)
        for value in (times.median, times.p75, times.p90)
    ]
    return [
        group,
        line.key,
        line.opened if shown else f"<{LEAST}",
        line.answered if shown else "",
        _hours(line.promised),
        *times,
        *_csv_share(line.kept),
        *_csv_share(line.legal),
        f"{line.day.percent:.1f}" if line.day else "",
        f"{line.week.percent:.1f}" if line.week else "",
    ]


def _csv_share(share: Share | None) -> list[object]:
    if share is None:
        return ["", "", "", ""]
    return [share.n, f"{share.percent:.1f}", f"{share.low:.1f}", f"{share.high:.1f}"]


def _hours(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / _HOUR:.2f}"


def _place(seconds: float) -> float:
    """Return where a duration stands on the axis, in per cent."""
    share = (log10(max(seconds, 900.0)) - _FROM) / (_TO - _FROM)
    return round(2 + 94 * min(1.0, max(0.0, share)), 2)


def _bar(number: int, line: Line) -> Bar:
    wall = line.wall
    start = _place(wall.p25) if wall.p25 is not None else None
    end = _place(wall.p90) if wall.p90 is not None else None
    return Bar(
        label=_class_name(line.key),
        words=_bar_words(line),
        y=_ROW * number,
        promised=_place(line.promised) if line.promised else None,
        start=start,
        width=round(max(end - start, 0.5), 2) if start is not None and end is not None else None,
        median=_place(wall.median) if wall.median is not None else None,
    )


def _bar_words(line: Line) -> str:
    promised = duration(line.promised) if line.promised else "–"
    if line.wall.median is None:
        return _("promised %(promised)s, too few answered") % {"promised": promised}
    return _("promised %(promised)s, really %(median)s (half of them)") % {
        "promised": promised,
        "median": duration(line.wall.median),
    }


def duration(seconds: float | None) -> str:
    """Return a duration in the largest fitting unit, one digit behind the point if it is short."""
    if seconds is None:
        return "–"
    if seconds < _HOUR:
        shown, count = _number(seconds / 60)
        return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": shown}
    if seconds < _DAY:
        shown, count = _number(seconds / _HOUR)
        return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": shown}
    shown, count = _number(seconds / _DAY)
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": shown}


def _number(value: float) -> tuple[str, int]:
    """Return a number as shown and the one that decides on the plural."""
    shown = f"{value:.1f}".removesuffix(".0") if value < 20 else f"{value:.0f}"
    return shown, 1 if shown == "1" else 2


def _class_name(key: str) -> str:
    return str(CaseClass(key).label) if key else _("All together")


def _category(code: str, language: str) -> str:
    row = reference.category_by_code(code)
    return row.label(language) if row else code


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a table, in words."""

    label: str
    opened: int
    answered: int
    promised: str
    median: str
    p75: str
    p90: str
    working: str
    kept: Share | None
    legal: Share | None
    day: Share | None
    week: Share | None


def _cells(label: str, line: Line) -> Cells:
    office = line.working.median
    return Cells(
        label=label,
        opened=line.opened,
        answered=line.answered,
        promised=duration(line.promised),
        median=duration(line.wall.median),
        p75=duration(line.wall.p75),
        p90=duration(line.wall.p90),
        working="–" if office is None else _("%(n)s office hours") % {"n": f"{office / _HOUR:.1f}"},
        kept=line.kept,
        legal=line.legal,
        day=line.day,
        week=line.week,
    )


def _buckets(line: Line) -> Iterator[tuple[str, int, float]]:
    """Yield label, count and share in per cent of each bucket."""
    for bound, count in zip((*BOUNDS, None), line.counts, strict=True):
        words = (
            _("up to %(time)s") % {"time": duration(bound)}
            if bound is not None
            else _("more than %(time)s") % {"time": duration(BOUNDS[-1])}
        )
        yield words, count, round(100 * count / line.answered, 1) if line.answered else 0.0
