"""A draft as a picture of lines: for comparing, for paper and where no map can be drawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onegrid.common.refusals import NotFound
from onegrid.plans import queries
from onegrid.web.desk.plans.colours import colours
from onegrid.web.desk.plans.shared import PLAN_ROLES
from onegrid.web.desk.plans.sketch import sketch
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

#: The colours of the map by day, for pictures that stand alone.
DAY = ("#2e7bb5", "#d9822b", "#3f9a5b", "#9c5a9f", "#c9b21f", "#c4473f", "#35a3a8", "#80705f")


@require_safe
@for_roles(*PLAN_ROLES)
def picture(request: Request, draft_id: UUID) -> HttpResponse:
    """Send the picture of a draft; of one without a plan, today's grids."""
    given: dict[str, Any] = {"viewer": request.viewer, "draft_id": draft_id}
    homes = queries.draft_buildings(**given)
    found = sketch(
        outlines=queries.draft_outlines(**given),
        today=queries.today_outlines(**given),
        colours=colours([(home.lon, home.lat, home.number) for home in homes]),
    )
    if found is None:
        raise NotFound("draft.not_found")
    shapes = [(shape, DAY[shape.colour]) for shape in found.shapes]
    context = {"sketch": found, "shapes": shapes}
    return render(request, "desk/plans/picture.svg", context, content_type="image/svg+xml")
