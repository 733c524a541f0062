"""Report on behalf of a resident, on one page; a general matter may be solved on the spot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import Receipt
from onegrid.cases.terms import Channel, FilePhase, Kind
from onegrid.common.refusals import Invalid, Refusal
from onegrid.grids.queries.inside import buildings_of
from onegrid.web.casework.entry import Typed, entered, exact, tiles, typed_of
from onegrid.web.edge import doing_of, for_roles, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import photos_of
from onegrid.web.worker.home import grid_ids

CHANNELS = (Channel.DOOR, Channel.GRID_WORKER, Channel.PHONE, Channel.CORNER)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.GRID_WORKER)
def report(request: Request) -> HttpResponse:
    """Show the page, or take the report and show its receipt.

    The receipt is shown as the answer to the form: sent again with the same key it is the same
    receipt, and its query code never stands in an address.
    """
    typed = typed_of(request, channel=Channel.DOOR, more=("answer",), boxes=("on_spot",))
    if request.method != "POST":
        return render(request, "worker/report.html", _context(request, typed))
    try:
        with transaction.atomic():
            receipt = _take(request, typed)
    except Refusal as refusal:
        return refused_form(request, "worker/report.html", _context(request, typed), refusal)
    shown = {"receipt": receipt, "on_spot": "on_spot" in typed.ticked}
    return render(request, "worker/receipt.html", shown)


def _take(request: Request, typed: Typed) -> Receipt:
    """Open the case, keep its photos, and write the solution on the spot down if there is one."""
    receipt = entered(request, typed, channels=CHANNELS, uploads=photos_of(request))
    if "on_spot" in typed.ticked:
        _solve(request, typed, receipt.case_id)
    return receipt


def _solve(request: Request, typed: Typed, case_id: UUID) -> None:
    doing = doing_of(request, channel=typed["channel"])
    try:
        actions.handle_on_spot(
            case_id=case_id,
            doing=replace(doing, key=uuid5(doing.key, "spot")),
            category_code=typed["exact"] or typed["category"],
            answers={1: typed["answer"]},
        )
    except Invalid as refusal:
        field = "answer" if (refusal.field or "").startswith("answer") else refusal.field
        raise Invalid(refusal.code, field=field, **refusal.params) from refusal
    after = photos_of(request, "after")
    if after:
        actions.attach(
            case_id=case_id,
            doing=replace(doing, key=uuid5(doing.key, "after"), as_reporter=True),
            uploads=after,
            phase=FilePhase.AFTER,
        )


def _context(request: Request, typed: Typed) -> dict[str, Any]:
    return {
        "values": typed.values,
        "on_spot": "on_spot" in typed.ticked,
        "key": typed.key,
        "channels": [(name.value, name.label) for name in CHANNELS],
        "kinds": Kind.choices,
        "buildings": _buildings(request),
        "categories": tiles(request.viewer),
        "exact": exact(request.viewer),
        "map_data": reverse("map_plan"),
    }


def _buildings(request: Request) -> list[tuple[UUID, str]]:
    found = buildings_of(area_ids=grid_ids(request.viewer), on=request.now)
    return [(row.id, row.address) for row in found]
