"""Report on behalf of a resident, on one page; a general matter may be solved on the spot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, reference
from onegrid.cases.actions import Place, Receipt, Reporter
from onegrid.cases.actions import Request as Said
from onegrid.cases.terms import Channel, FilePhase, Kind
from onegrid.common.refusals import Invalid, Refusal
from onegrid.grids.queries.inside import buildings_of
from onegrid.web.edge import doing_of, for_roles, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import photos_of
from onegrid.web.worker.home import grid_ids

CHANNELS = (Channel.DOOR, Channel.GRID_WORKER, Channel.PHONE)
_FIELDS = (
    "text", "address", "building", "lon", "lat", "category", "exact", "channel", "name", "phone",
    "kind", "answer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """The page as typed."""

    values: dict[str, str]
    on_spot: bool
    key: str

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.GRID_WORKER)
def report(request: Request) -> HttpResponse:
    """Show the page, or take the report and show its receipt.

    The receipt is shown as the answer to the form: sent again with the same key it is the same
    receipt, and its query code never stands in an address.
    """
    typed = _typed(request)
    if request.method != "POST":
        return render(request, "worker/report.html", _context(request, typed))
    try:
        with transaction.atomic():
            receipt = _take(request, typed)
    except Refusal as refusal:
        return refused_form(request, "worker/report.html", _context(request, typed), refusal)
    shown = {"receipt": receipt, "on_spot": typed.on_spot}
    return render(request, "worker/receipt.html", shown)


def _typed(request: HttpRequest) -> Typed:
    given = request.POST if request.method == "POST" else request.GET
    values = {name: given.get(name, "").replace("\x00", "").strip() for name in _FIELDS}
    values["channel"] = values["channel"] or Channel.DOOR
    values["kind"] = values["kind"] or Kind.HELP
    key = request.POST.get("key", "") or new_key()
    return Typed(values, on_spot=bool(given.get("on_spot")), key=key)


def _take(request: Request, typed: Typed) -> Receipt:
    """Open the case, keep its photos, and write the solution on the spot down if there is one."""
    doing = doing_of(request, channel=typed["channel"])
    if typed["channel"] not in CHANNELS:
        raise Invalid("case.channel_unknown", field="channel")
    said = _said(request, typed)
    receipt = actions.open_case(viewer=request.viewer, request=said, now=request.now, key=doing.key)
    photos = photos_of(request)
    if photos:
        actions.attach(
            case_id=receipt.case_id,
            doing=replace(doing, key=uuid5(doing.key, "photos"), as_reporter=True),
            uploads=photos,
            phase=FilePhase.REPORT,
        )
    if typed.on_spot:
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


def _said(request: Request, typed: Typed) -> Said:
    return Said(
        text=typed["text"],
        place=_place(typed),
        category_code=typed["exact"] or typed["category"],
        kind=typed["kind"],
        reporter=Reporter(name=typed["name"], phone=typed["phone"]),
        on_behalf=True,
        language=request.viewer.language,
        channel=typed["channel"],
    )


def _place(typed: Typed) -> Place:
    """Return the place: the building of the list wins over the point of the map."""
    if typed["building"]:
        try:
            chosen = UUID(typed["building"])
        except ValueError as error:
            raise Invalid("place.unknown_building", field="building") from error
        return Place(address=typed["address"], building_id=chosen)
    try:
        lon, lat = float(typed["lon"]), float(typed["lat"])
    except ValueError:
        return Place(address=typed["address"])
    return Place(address=typed["address"], lon=lon, lat=lat)


def _context(request: Request, typed: Typed) -> dict[str, Any]:
    viewer = request.viewer
    return {
        "values": typed.values,
        "on_spot": typed.on_spot,
        "key": typed.key,
        "channels": [(name.value, name.label) for name in CHANNELS],
        "kinds": Kind.choices,
        "buildings": _buildings(request),
        "categories": _tiles(viewer),
        "exact": _exact(viewer),
        "map_data": reverse("map_plan"),
    }


def _buildings(request: Request) -> list[tuple[UUID, str]]:
    found = buildings_of(area_ids=grid_ids(request.viewer), on=request.now)
    return [(row.id, row.address) for row in found]


def _tiles(viewer: Viewer) -> list[tuple[str, str, str]]:
    rows = reference.categories.get().values()
    return [(row.code, row.label(viewer.language), row.icon) for row in rows if not row.parent_id]


def _exact(viewer: Viewer) -> list[tuple[str, str]]:
    rows = reference.categories.get()
    return [
        (row.code, f"{rows[row.parent_id].label(viewer.language)} / {row.label(viewer.language)}")
        for row in rows.values()
        if row.parent_id in rows
    ]
