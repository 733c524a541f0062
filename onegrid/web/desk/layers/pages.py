"""What layers there are, one of them on the map, and taking one back."""

from __future__ import annotations

from uuid import UUID

import shapely
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onegrid.common.refusals import NotFound, Refusal
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.layers import undo_layer
from onegrid.plans.queries import layers as queries
from onegrid.plans.terms import CUTS, DEPARTMENTS, PLANNERS, LayerKind
from onegrid.web.desk.layers.drawing import around, draw
from onegrid.web.desk.layers.shared import (
    READERS,
    SIZE,
    errors_of,
    frame,
    ground,
    layer_inks,
    page_of,
    system_words,
)
from onegrid.web.edge import for_roles, key_of, new_key
from onegrid.web.middleware import Request


@require_safe
@for_roles(*READERS)
def index(request: Request) -> HttpResponse:
    """List the layers; those that count first, then replaced and undone ones."""
    return _list(request)


def _list(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    rows = sorted(queries.layers(viewer=request.viewer), key=lambda row: not row.counts)
    page, pages = page_of(request, len(rows))
    shown = rows[(page - 1) * SIZE : page * SIZE]
    context = {
        **frame(request),
        "rows": [(row, system_words(row.system)) for row in shown],
        "page": page,
        "pages": pages,
        "total": len(rows),
        "can_overlay": any(row.counts and row.kind in DEPARTMENTS for row in rows),
        "key": new_key(),
        "errors": errors_of(refusal) if refusal else [],
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/layers/index.html", context, status=status)


@require_safe
@for_roles(*READERS)
def show(request: Request, layer_id: UUID) -> HttpResponse:
    """Show a layer on the map and as a table."""
    row = queries.layer(viewer=request.viewer, layer_id=layer_id)
    found = queries.features(viewer=request.viewer, layer_id=layer_id)
    shapes = shapely.from_wkb([one.geom for one in found])
    page, pages = page_of(request, len(found))
    inks = [*ground(request.now), *layer_inks(shapes)]
    context = {
        **frame(request),
        "layer": row,
        "system": system_words(row.system),
        "drawing": draw(around(shapes), inks),
        "rows": found[(page - 1) * SIZE : page * SIZE],
        "page": page,
        "pages": pages,
        "total": len(found),
        "is_cut": row.kind in CUTS and row.undone_at is None,
        "is_buildings": row.kind == LayerKind.BUILDINGS and row.undone_at is None,
        "is_compounds": row.kind == LayerKind.COMPOUNDS and row.counts,
        "key": new_key(),
    }
    return render(request, "desk/layers/show.html", context)


@require_POST
@for_roles(*PLANNERS)
def undo(request: Request, layer_id: UUID) -> HttpResponse:
    """Take a layer back."""
    try:
        with transaction.atomic():
            doing = Doing(request.viewer, request.now, key_of(request))
            undo_layer(doing=doing, layer_id=layer_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _list(request, refusal)
    messages.success(request, _("The layer is taken back; the one before it counts again."))
    return redirect("desk:layers")
