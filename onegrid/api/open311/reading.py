"""Read the parameters of a call; whatever does not fit names its parameter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict

from onegrid.accounts.queries import token_viewer
from onegrid.accounts.terms import TokenScope
from onegrid.accounts.viewer import Viewer
from onegrid.api.auth import Throttle
from onegrid.cases.queries.shared import SharedFilter
from onegrid.common.refusals import Forbidden, Invalid, NotFound

#: The standard: a query spans at most 90 days and answers with at most 1,000 requests.
DAYS, MOST = 90, 1_000
_LAST_PAGE = 100_000
_STATES = frozenset({"open", "closed"})

reporting = Throttle(lambda: settings.API_OPEN_PER_MINUTE)
asking = Throttle(lambda: settings.OPEN311_PER_MINUTE)


def check_caller(request: HttpRequest, given: Mapping[str, Any]) -> None:
    """Count a call of an address of the net, and see that it means this county.

    Raises:
        Throttled: too many calls.
        NotFound: another jurisdiction is meant.
    """
    asking.take(_address(request), now=request.now)  # type: ignore[attr-defined]
    code = str(request.tenant_id)  # type: ignore[attr-defined]
    named = given.get("jurisdiction_id", "")
    if named and named != code:
        raise NotFound("open311.jurisdiction", given=named[:40], known=code)


def _address(request: HttpRequest) -> str:
    """Return the address of the caller; whoever comes without one shares a bucket."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def reporter_of(request: HttpRequest, given: QueryDict) -> Viewer:
    """Return whose api_key reports.

    Raises:
        Forbidden: the key is missing, unknown, run out, or not made for this.
        Throttled: too many requests with it.
    """
    key, now = given.get("api_key", ""), request.now  # type: ignore[attr-defined]
    found = token_viewer(token=key, now=now) if key else None
    if found is None or TokenScope.OPEN311 not in found[1]:
        raise Forbidden("open311.key")
    reporting.take(key, now=now)
    return found[0]


def filters(given: QueryDict, *, now: datetime) -> SharedFilter:
    """Return the filter of a list of requests.

    Raises:
        Invalid: a parameter does not fit.
    """
    states = frozenset(listed(given, "status"))
    if not states <= _STATES or ("status" in given and not states):
        raise Invalid("open311.status", field="status")
    updated_from, updated_to = times(given, "updated_after"), times(given, "updated_before")
    opened_from, opened_to = times(given, "start_date"), times(given, "end_date")
    ids = listed(given, "service_request_id")
    if ids:
        return SharedFilter(numbers=ids[:MOST])
    if (updated_from or updated_to) and not (opened_from or opened_to):
        updated_from, updated_to = span(updated_from, updated_to, now=now)
    else:
        opened_from, opened_to = span(opened_from, opened_to, now=now)
    return SharedFilter(
        categories=listed(given, "service_code"),
        states=states,
        opened_from=opened_from,
        opened_to=opened_to,
        updated_from=updated_from,
        updated_to=updated_to,
    )


def span(
    start: datetime | None, end: datetime | None, *, now: datetime
) -> tuple[datetime, datetime]:
    """Return a span of at most 90 days; what is not given follows from the rest.

    Raises:
        Invalid: it is longer, or ends before it begins.
    """
    most = timedelta(days=DAYS)
    if start is not None and end is not None:
        if not timedelta() <= end - start <= most:
            raise Invalid("open311.span", field="start_date", days=DAYS)
        return start, end
    try:
        if start is not None:
            return start, start + most
        last = end if end is not None else now + timedelta(seconds=1)
        return last - most, last
    except OverflowError as error:
        raise Invalid("open311.span", field="start_date", days=DAYS) from error


def listed(given: QueryDict, name: str) -> tuple[str, ...]:
    """Return the words of a list: separated by commas, or the parameter several times."""
    words = (word.strip() for value in given.getlist(name) for word in value.split(","))
    return tuple(storable(word, name) for word in words if word)


def storable(value: str, name: str) -> str:
    """Return a text that a database can keep.

    Raises:
        Invalid: it has a NUL or half a surrogate pair.
    """
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Invalid("open311.unstorable", field=name, name=name)
    return value


def times(given: QueryDict, name: str) -> datetime | None:
    """Return a time with its zone, or None if it is not given.

    A plus sign that a client forgot to encode has become a blank on its way.

    Raises:
        Invalid: it is no time, or has no zone.
    """
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        aware = moment.tzinfo is not None and moment.timestamp() is not None
    except (ValueError, OverflowError):
        aware = False
    if not aware:
        raise Invalid("open311.time", field=name, name=name)
    return moment


def number(given: QueryDict, name: str, *, most: int, otherwise: int) -> int:
    """Return a whole number from 1.

    Raises:
        Invalid: it is none, or too large.
    """
    text = given.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= most):
        raise Invalid("open311.page", field=name, name=name, most=most)
    return int(text)


def page(given: QueryDict, *, most: int) -> tuple[int, int]:
    """Return how many requests come before the page, and how many it has."""
    size = number(given, "page_size", most=most, otherwise=most)
    return (number(given, "page", most=_LAST_PAGE, otherwise=1) - 1) * size, size


def degrees(text: str) -> float:
    """Return a coordinate.

    Raises:
        Invalid: it is no number.
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise Invalid("open311.half_point", field="lat")
    return value


def uuid(text: str, code: str) -> UUID:
    """Return a UUID.

    Raises:
        Invalid: it is none; ``code`` says of what.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(code, field=code.partition(".")[2]) from error
