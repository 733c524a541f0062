"""What the pages of calls and rosters share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.timezone import localtime, make_aware

from onegrid.accounts.terms import Role
from onegrid.calls.terms import ANSWERERS, CALLERS, OVERSEERS
from onegrid.common.refusals import Invalid

CALL_ROLES: tuple[Role, ...] = (*CALLERS, *ANSWERERS, *OVERSEERS)
ROSTER_ROLES: tuple[Role, ...] = CALL_ROLES


def month_of(request: HttpRequest, now: datetime) -> date:
    """Return the first day of the month asked for by ``?month=2026-03``, else of this month."""
    asked = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        return localtime(now).date().replace(day=1)


def around(first: date) -> tuple[str, str]:
    """Return the months before and after, as the address says them."""
    before = first - timedelta(days=1)
    after = first + timedelta(days=31)
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def words(request: HttpRequest, name: str) -> str:
    """Return a text field, without NUL and with plain line ends."""
    return request.POST.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()


def ident(request: HttpRequest, name: str) -> UUID | None:
    """Return an id that was posted or stands in the address, or None."""
    given = request.POST.get(name) or request.GET.get(name, "")
    try:
        return UUID(given)
    except ValueError:
        return None


def moment(request: HttpRequest, name: str) -> datetime:
    """Return day and time of a field ``datetime-local``, which are those of the county.

    Raises:
        Invalid: it is none.
    """
    try:
        return make_aware(datetime.fromisoformat(words(request, name)).replace(tzinfo=None))
    except (ValueError, OverflowError) as error:
        raise Invalid("shift.time", field=name) from error


def page_of(request: HttpRequest) -> int:
    """Return the page of a list."""
    typed = request.GET.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def pages(total: int, size: int) -> int:
    """Return how many pages there are."""
    return max(1, -(-total // size))
