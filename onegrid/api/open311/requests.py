"""Requests that have been reported: lists, one, by token, what became of them, and all as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.api.open311 import posting, reading
from onegrid.api.open311.formats import Told, answer, known, moment
from onegrid.api.open311.services import language
from onegrid.cases.queries import shared
from onegrid.cases.terms import STATE_LABELS, Result
from onegrid.core.flow import State
from onegrid.outreach.queries.shared import PublishedWords, published_words

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: The standard's longest description.
_DESCRIPTION_MAX = 4_000
#: Most rows of a table; a longer span is fetched in pages or in shorter spans.
MOST_ROWS = 50_000
CSV_COLUMNS = (
    "service_request_id", "status", "status_notes", "service_name", "service_code",
    "description", "agency_responsible", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "lat", "long",
)  # fmt: skip


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """List requests, or take a new one."""
    if request.method == "POST":
        return posting.report(request, form)
    reading.check_caller(request, request.GET)
    wanted = reading.filters(request.GET, now=request.now)  # type: ignore[attr-defined]
    first, most = reading.page(request.GET, most=reading.MOST)
    rows = shared.shared_rows(wanted, first=first, most=most)
    return answer(Told("service_requests", _requests(rows)), form)


@require_safe
def one(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Show one request; the standard answers with a list of one."""
    reading.check_caller(request, request.GET)
    row = shared.shared_row(number)
    return answer(Told("service_requests", _requests([row])), form)


@require_safe
def token(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Say which request a token stands for: the Idempotency-Key it was sent with."""
    reading.check_caller(request, request.GET)
    number = shared.shared_number(key=reading.uuid(key, "open311.token"))
    found = {"service_request_id": number, "token": key}
    return answer(Told("service_requests", [found]), form)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def updates(request: HttpRequest, form: str) -> HttpResponse:
    """List what became of requests in a span of time, or take news: an extension of many cities."""
    if request.method == "POST":
        return posting.update(request, form)
    reading.check_caller(request, request.GET)
    start, end = (reading.times(request.GET, name) for name in ("start_date", "end_date"))
    since, until = reading.span(start, end, now=request.now)  # type: ignore[attr-defined]
    rows = shared.shared_updates(since=since, until=until, most=reading.MOST)
    return answer(Told("service_request_updates", [_update(row) for row in rows]), form)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Send requests as CSV, with the filters of the list."""
    reading.check_caller(request, request.GET)
    wanted = reading.filters(request.GET, now=request.now)  # type: ignore[attr-defined]
    first, most = reading.page(request.GET, most=MOST_ROWS)
    rows = shared.shared_rows(wanted, first=first, most=most)
    target = StringIO()
    target.write("\ufeff")
    writer = csv.DictWriter(target, CSV_COLUMNS, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(_plain(row) for row in _requests(rows))
    return HttpResponse(
        target.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="requests.csv"'},
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Put an apostrophe before what a spreadsheet takes for a formula."""
    return {
        name: f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
        for name, value in row.items()
    }


def _requests(rows: list[shared.SharedRow]) -> list[dict[str, Any]]:
    words = published_words([row.id for row in rows])
    return [_request(row, words.get(row.id)) for row in rows]


def _request(row: shared.SharedRow, words: PublishedWords | None) -> dict[str, Any]:
    """Return a request; its words and the answer only as a clerk has published them."""
    category = row.category
    return known(
        service_request_id=row.number,
        status="open" if row.is_open else "closed",
        status_notes=_notes(row.state, row.result, words.answer if words else ""),
        service_name=category.label(language()) if category else "",
        service_code=category.code if category else posting.OTHER,
        description=f"{words.title}\n{words.text}"[:_DESCRIPTION_MAX] if words else "",
        agency_responsible=row.unit,
        requested_datetime=moment(row.opened_at),
        updated_datetime=moment(row.updated_at),
        expected_datetime=moment(row.expected_at) if row.expected_at else "",
        address=", ".join(row.areas),
        lat=row.lat,
        long=row.lon,
    )


def _update(row: shared.SharedUpdate) -> dict[str, Any]:
    return known(
        update_id=str(row.id),
        service_request_id=row.number,
        status="open" if row.is_open else "closed",
        updated_datetime=moment(row.at),
        description=_notes(row.state, ""),
    )


def _notes(state: State, result: str, answered: str = "") -> str:
    """Say in words how a case stands, and what was answered."""
    words = str(STATE_LABELS[state])
    if result:
        words = _("%(state)s: %(result)s") % {"state": words, "result": Result(result).label}
    return f"{words}\n{answered}" if answered else words
