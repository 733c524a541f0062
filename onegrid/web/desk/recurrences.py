"""What came back after closing: a list for those who watch over the work."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onegrid.cases import queries
from onegrid.cases.queries.recurrence import recurrence_share, recurrences
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

SPANS = (30, 90, 365)


@require_safe
@for_roles(*BOARD_ROLES)
def page(request: Request) -> HttpResponse:
    """List what came back within some days, with its share of what was closed."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    since = request.now - timedelta(days=days)
    share = recurrence_share(request.viewer, since=since, until=request.now)
    context = {
        "rows": recurrences(request.viewer, since=since),
        "share": share,
        "recurred": _percent(share.recurred_percent),
        "lasting": _percent(share.lasting_percent),
        "days": days,
        "spans": SPANS,
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": True,
    }
    return render(request, "desk/recurrences.html", context)


def _percent(value: int | None) -> str:
    return "" if value is None else f" · {value} %"
