"""Public page: which old estates have service, where the others stand, what comes next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onegrid.estates.queries import open_to_all
from onegrid.web.middleware import Request


@require_safe
def page(request: Request) -> HttpResponse:
    """Show the communities with their counts, and the estates of the chosen one."""
    chosen = _ident(request.GET.get("community", ""))
    counts, rows = open_to_all(community_id=chosen, now=request.now)
    context: dict[str, Any] = {
        "counts": counts,
        "all": sum(one.total for one in counts),
        "served": sum(one.served for one in counts),
        "communities": [(one.community_id, one.name) for one in counts],
        "community": next((one for one in counts if one.community_id == chosen), None),
        "rows": rows,
    }
    return render(request, "public/estates.html", context)


def _ident(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
