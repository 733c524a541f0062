"""Leaflets for households: your grid from a day on, who works there, and where to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.grids.queries import areas
from onegrid.organisation.queries import unit_of_area
from onegrid.plans import queries
from onegrid.plans.queries import DraftBuilding, DraftView, GridRow
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What a leaflet says.

    Attributes:
        place: a building's address, or a compound.
        old: the grid until then; the same as `new` when nothing changes.
        worker: empty while nobody is named: a line to write on.
        phone: of the community, which is never empty-handed.
        qr: leads to the public answer for this door and day.
    """

    place: str
    households: int
    old: str
    new: str
    community: str
    worker: str
    phone: str
    qr: SafeString
    address: str


@require_safe
@for_roles(*PLAN_ROLES)
def leaflets(request: Request, draft_id: UUID) -> HttpResponse:
    """Show the leaflets of one grid of a draft, ready to be printed."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    homes = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    number = _grid(request, view)
    by = "compound" if request.GET.get("by") == "compound" else "building"
    paper = "a5" if request.GET.get("paper") == "a5" else "a4"
    chosen = next((row for row in view.grids if row.number == number), None)
    inside = [home for home in homes if home.number == number]
    context = {
        **frame(request),
        "view": view,
        "draft": view.row,
        "day": view.adoption.effective_on if _stands(view) and view.adoption else None,
        "grid": number,
        "by": by,
        "paper": paper,
        "bys": [("building", _("building")), ("compound", _("compound"))],
        "papers": [("a4", _("A4, two on a sheet")), ("a5", _("A5, one on a sheet"))],
        "choices": [(row.number, f"{row.name} · {row.households}") for row in view.grids],
        "leaflets": _made(request, view, chosen, _grouped(inside, by)) if chosen else [],
    }
    return render(request, "desk/plans/leaflets.html", context)


def _stands(view: DraftView) -> bool:
    return view.adoption is not None and view.adoption.revoked_at is None


def _grid(request: Request, view: DraftView) -> int:
    typed = request.GET.get("grid", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 8:
        return int(typed)
    return view.grids[0].number if view.grids else -1


def _grouped(inside: Iterable[DraftBuilding], by: str) -> list[list[DraftBuilding]]:
    groups: dict[tuple[str, str], list[DraftBuilding]] = defaultdict(list)
    for home in sorted(inside, key=lambda one: (one.compound, len(one.address), one.address)):
        alone = by == "building" or not home.compound
        groups[home.today_name, home.address if alone else home.compound].append(home)
    return list(groups.values())


def _made(
    request: Request, view: DraftView, row: GridRow, groups: list[list[DraftBuilding]]
) -> list[Leaflet]:
    worker, phone = _worker(request, view, row), _phone(request, row)
    day = view.adoption.effective_on.isoformat() if _stands(view) and view.adoption else ""
    found = []
    for group in groups:
        first = group[0]
        query = {"building": str(first.id), **({"day": day} if day else {})}
        address = request.build_absolute_uri(f"{reverse('responsible')}?{urlencode(query)}")
        found.append(
            Leaflet(
                place=first.address if len(group) == 1 else first.compound,
                households=sum(home.households for home in group),
                old=first.today_name,
                new=row.name,
                community=row.community_name,
                worker=worker,
                phone=phone,
                qr=qr(address),
                address=address,
            )
        )
    return found


def qr(address: str) -> SafeString:
    """Return a QR code as a picture that stands in the page."""
    code: Any = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr")
    return SafeString(drawn)


def _worker(request: Request, view: DraftView, row: GridRow) -> str:
    """Return who has been named to take over the grid; of several the one who has most of it."""
    if view.adoption is None or not _stands(view):
        return ""
    rows = queries.handovers(viewer=request.viewer, adoption_id=view.adoption.id, now=request.now)
    named = [one for one in rows if one.new_code == row.code and one.taker_name]
    named.sort(key=lambda one: (not one.main, -one.households))
    return named[0].taker_name if named else ""


def _phone(request: Request, row: GridRow) -> str:
    found = areas(level="community", on=request.now)
    community = next((one.id for one in found if one.code == row.community_code), None)
    unit = unit_of_area(community)
    return unit.phone if unit else ""
