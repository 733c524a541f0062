"""Put an estate on the register, or correct its entry; the buildings are chosen, not counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.common.refusals import NotFound, Refusal
from onegrid.estates import actions, path
from onegrid.estates.actions import EstateGiven
from onegrid.estates.queries.homes import free_buildings
from onegrid.estates.standing import own_communities
from onegrid.estates.terms import COMMITTEE, EDITORS, NOTES, PathStage, ServiceKind
from onegrid.grids.queries import BuildingRow, area_names
from onegrid.web.desk.calls.shared import ident, words
from onegrid.web.desk.estates.shared import (
    day,
    frame,
    idents,
    me_first,
    people,
    typed,
    view_of,
    whole,
)
from onegrid.web.edge import doing_of, for_roles, new_key, refused_form
from onegrid.web.middleware import Request

_ENTRY = "desk/estates/new.html"


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def new(request: Request) -> HttpResponse:
    """Choose a compound, then fill the entry in."""
    community = _community(request)
    rows = free_buildings(community, on=request.now)
    compound = request.GET.get("compound")
    own = [row for row in rows if row.compound == compound]
    if request.method != "POST":
        if not own:
            context = _compounds(request, community, rows)
            return render(request, "desk/estates/compounds.html", context)
        return render(request, _ENTRY, _context(request, community, compound or "", own))
    try:
        with transaction.atomic():
            given = _given(request, community)
            made = actions.register(doing=doing_of(request), given=given)
    except Refusal as refusal:
        context = _context(request, community, compound or "", own)
        return refused_form(request, _ENTRY, context, refusal)
    messages.success(request, _("The estate is on the register."))
    return redirect("desk:estate", estate_id=made)


def _community(request: Request) -> UUID:
    own = own_communities(request.viewer)
    chosen = ident(request, "community") or min(own, default=None)
    if chosen is None or chosen not in own:
        raise NotFound("estate.not_found")
    return chosen


def _compounds(request: Request, community: UUID, rows: tuple[BuildingRow, ...]) -> dict[str, Any]:
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        buildings, households = counts.get(row.compound, (0, 0))
        counts[row.compound] = (buildings + 1, households + row.households)
    names = area_names()
    return {
        **frame(request),
        "community": community,
        "communities": [(one, names[one]) for one in sorted(own_communities(request.viewer))],
        "compounds": [
            (name, buildings, households)
            for name, (buildings, households) in sorted(counts.items(), key=_named_first)
            if households
        ],
    }


def _named_first(row: tuple[str, tuple[int, int]]) -> tuple[bool, str]:
    return not row[0], row[0]


def _context(
    request: Request, community: UUID, compound: str, rows: list[BuildingRow]
) -> dict[str, Any]:
    """Return what the form of an entry shows; outside of any compound no building is proposed."""
    choices = people(request, community)
    proposed = [str(row.id) for row in rows if compound]
    today = localtime(request.now).date()
    return {
        **frame(request),
        "community": community,
        "community_name": area_names()[community],
        "compound": compound,
        "buildings": _tiles(rows),
        "chosen": _chosen(request, proposed),
        "kinds": ServiceKind.choices,
        "committees": list(COMMITTEE.items()),
        "notes": [(about.value, about.label, words(request, about)) for about in NOTES],
        "stages": PathStage.choices,
        "people": choices,
        "values": typed(
            request, "address", "year", "source", "since", "committee", "note",
            name=compound, kind=ServiceKind.NONE.value, stage=PathStage.FOUND.value,
            day=today.isoformat(), due=str(path.usual_due(PathStage.FOUND, today)),
            person=me_first(request, choices),
        ),
        "key": request.POST.get("key") or new_key(),
    }  # fmt: skip


def _chosen(request: Request, proposed: list[str]) -> list[str]:
    return request.POST.getlist("buildings") if request.method == "POST" else proposed


def _tiles(rows: list[BuildingRow]) -> list[tuple[str, str, str, str]]:
    said = _("%(n)s households")
    return [
        (str(row.id), row.number or row.address, "", said % {"n": row.households}) for row in rows
    ]


def _given(request: Request, community: UUID) -> EstateGiven:
    said = {name: words(request, name) for name in ("kind", "committee", *NOTES)}
    return EstateGiven(
        name=words(request, "name"),
        community_id=community,
        building_ids=idents(request, "buildings", refusal="estate.no_building"),
        said={about: value for about, value in said.items() if value},
        source=words(request, "source"),
        address=words(request, "address"),
        year_built=whole(request, "year", refusal="estate.year_number"),
        since=day(request, "since"),
        stage=words(request, "stage"),
        day=day(request, "day"),
        due_on=day(request, "due"),
        person_id=ident(request, "person"),
        note=words(request, "note"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def edit(request: Request, estate_id: UUID) -> HttpResponse:
    """Correct name, address, year and buildings of an entry."""
    view = view_of(request, estate_id, to_write=True)
    row, own = view.row, list(view.buildings)
    names = {one.compound for one in own} | {row.name}
    free = free_buildings(row.community_id, on=request.now)
    offered = own + [one for one in free if one.compound in names]
    context = {
        **frame(request),
        "view": view,
        "row": row,
        "buildings": _tiles(offered),
        "chosen": _chosen(request, [str(one.id) for one in own]),
        "values": typed(request, name=row.name, address=row.address, year=row.year_built or ""),
        "key": request.POST.get("key") or new_key(),
    }
    if request.method != "POST":
        return render(request, "desk/estates/edit.html", context)
    try:
        with transaction.atomic():
            actions.correct(
                estate_id=estate_id,
                doing=doing_of(request),
                name=words(request, "name"),
                address=words(request, "address"),
                year_built=whole(request, "year", refusal="estate.year_number"),
                building_ids=idents(request, "buildings", refusal="estate.no_building"),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, "desk/estates/edit.html", context, refusal)
    messages.success(request, _("Written down. Thank you."))
    return redirect("desk:estate", estate_id=estate_id)
