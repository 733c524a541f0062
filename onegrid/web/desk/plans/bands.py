"""How many households a grid and a community of the county shall have (S3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal
from onegrid.plans import actions, queries
from onegrid.plans.actions import Doing
from onegrid.plans.terms import COUNTY_LEVEL, BandLevel
from onegrid.web.desk.calls.shared import words
from onegrid.web.desk.plans.shared import doing_of, frame, number
from onegrid.web.edge import for_roles, new_key
from onegrid.web.middleware import Request


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*COUNTY_LEVEL)
def bands(request: Request) -> HttpResponse:
    """Set the bands; both at once or neither."""
    if request.method != "POST":
        return _page(request)
    doing = doing_of(request)
    level = BandLevel.GRID
    try:
        with transaction.atomic():
            for level in BandLevel:
                _set(request, doing, level)
    except Refusal as refusal:
        return _page(request, refusal, level)
    messages.success(request, _("The bands are set. New drafts begin with them."))
    return redirect("desk:plans")


def _set(request: Request, doing: Doing, level: BandLevel) -> None:
    actions.set_band(
        doing=doing,
        level=level,
        least=number(request, f"{level}-least"),
        most=number(request, f"{level}-most"),
    )


def _page(
    request: Request, refusal: Refusal | None = None, level: BandLevel = BandLevel.GRID
) -> HttpResponse:
    found = queries.bands()
    rows: list[dict[str, Any]] = [
        {
            "level": one.value,
            "label": one.label,
            "least_name": f"{one}-least",
            "most_name": f"{one}-most",
            "least": words(request, f"{one}-least") or found[one][0],
            "most": words(request, f"{one}-most") or found[one][1],
        }
        for one in BandLevel
    ]
    errors = []
    if refusal is not None:
        field = refusal.field or ""
        named = field if field.startswith(level) else f"{level}-{field}"
        errors = [{"field": named, "message": text(refusal)}]
    context = {
        **frame(request),
        "rows": rows,
        "errors": errors,
        "key": request.POST.get("key") or new_key(),
    }
    status = 200 if refusal is None else 422
    return render(request, "desk/plans/bands.html", context, status=status)
