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

from onegrid.accounts.queries.holders import holders
from onegrid.accounts.terms import Role
from onegrid.grids.queries import area, area_names, areas
from onegrid.organisation.queries import unit_of_area
from onegrid.plans import queries
from onegrid.plans.queries import DraftBuilding, DraftView, GridRow
from onegrid.web.desk.calls.shared import page_of, pages
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

#: Leaflets of one page; more come in parts, so that no printer and no browser chokes.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What a leaflet says.

    Attributes:
        place: a building's address, or a compound.
        stays: neither grid nor name changes.
        old: the grid until then; both with their community when they have the same name.
        worker: empty while nobody is named: a line to write on.
        phone: of the community, which is never empty-handed.
        qr: leads to the public answer for this door and day.
    """

    place: str
    households: int
    stays: bool
    old: str
    new: str
    community: str
    worker: str
    phone: str
    qr: SafeString
    address: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which leaflets are wanted.

    Attributes:
        place: the number of a grid, or ``c`` and the code of a community.
        by: one for each ``building`` or ``compound``.
        who: ``changes`` for those whose grid changes, or ``all``.
    """

    place: str
    by: str
    who: str
    paper: str

    def holds(self, row: GridRow) -> bool:
        """Tell whether a grid is of the place."""
        return self.place in {str(row.number), f"c{row.community_code}"}


@require_safe
@for_roles(*PLAN_ROLES)
def leaflets(request: Request, draft_id: UUID) -> HttpResponse:
    """Show the leaflets of a grid or of a community, ready to be printed, in parts if many."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    homes = [
        home
        for home in queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
        if home.households
    ]
    names = {row.number: row.name for row in view.grids}
    changing = [home for home in homes if not _stays(home, names.get(home.number, ""))]
    wish = _wish(request, view, changing)
    chosen = {row.number: row for row in view.grids if wish.holds(row)}
    wanted = changing if wish.who == "changes" else homes
    groups = _grouped([home for home in wanted if home.number in chosen], wish.by)
    last = pages(len(groups), AT_ONCE)
    part = min(page_of(request), last)
    context = {
        **frame(request),
        **_choices(view),
        "view": view,
        "draft": view.row,
        "day": view.adoption.effective_on if _stands(view) and view.adoption else None,
        "wish": wish,
        "count": len(groups),
        "households": sum(home.households for group in groups for home in group),
        "leaflets": _made(request, view, chosen, groups[(part - 1) * AT_ONCE : part * AT_ONCE]),
        "page": part,
        "pages": last,
        "known": bool(chosen),
    }
    return render(request, "desk/plans/leaflets.html", context)


def _choices(view: DraftView) -> dict[str, Any]:
    communities = {f"c{row.community_code}": row.community_name for row in view.grids}
    whole = [
        (code, _("%(name)s, the whole") % {"name": name}) for code, name in communities.items()
    ]
    grids = [(str(row.number), f"{row.name} · {row.households}") for row in view.grids]
    return {
        "places": [*whole, *grids],
        "whos": [
            ("changes", _("only households whose grid changes")),
            ("all", _("all households")),
        ],
        "bys": [("building", _("building")), ("compound", _("compound"))],
        "papers": [("a4", _("A4, two on a sheet")), ("a5", _("A5, one on a sheet"))],
    }


def _stays(home: DraftBuilding, name: str) -> bool:
    return not home.moves and home.today_name == name


def _stands(view: DraftView) -> bool:
    return view.adoption is not None and view.adoption.revoked_at is None


def _wish(request: Request, view: DraftView, changing: list[DraftBuilding]) -> _Wish:
    """Read what is wanted; without a place the first grid where somebody changes."""
    given = request.GET
    touched = {home.number for home in changing}
    rows = sorted(view.grids, key=lambda row: row.number not in touched)
    return _Wish(
        place=given.get("grid", "")[:30] or (str(rows[0].number) if rows else ""),
        by="compound" if given.get("by") == "compound" else "building",
        who="all" if given.get("who") == "all" else "changes",
        paper="a5" if given.get("paper") == "a5" else "a4",
    )


def _grouped(inside: Iterable[DraftBuilding], by: str) -> list[list[DraftBuilding]]:
    groups: dict[tuple[int, UUID, str], list[DraftBuilding]] = defaultdict(list)
    for home in sorted(
        inside, key=lambda one: (one.number, one.compound, len(one.address), one.address)
    ):
        alone = by == "building" or not home.compound
        place = home.address if alone else home.compound
        groups[home.number, home.today_id, place].append(home)
    return list(groups.values())


def _made(
    request: Request, view: DraftView, chosen: dict[int, GridRow], groups: list[list[DraftBuilding]]
) -> list[Leaflet]:
    day = view.adoption.effective_on.isoformat() if _stands(view) and view.adoption else ""
    here = {group[0].number for group in groups}
    workers = _workers(request, view)
    today = _today(request)
    phones = {number: _phone(request, chosen[number]) for number in here}
    found = []
    for group in groups:
        first = group[0]
        row = chosen[first.number]
        worker = workers.get(row.code, "")
        if not worker and not first.moves:
            worker = today.get(first.today_id, "")
        old, new = _names(first, row)
        query = {"building": str(first.id), **({"day": day} if day else {})}
        address = request.build_absolute_uri(f"{reverse('responsible')}?{urlencode(query)}")
        found.append(
            Leaflet(
                place=first.address if len(group) == 1 else first.compound,
                households=sum(home.households for home in group),
                stays=_stays(first, row.name),
                old=old,
                new=new,
                community=row.community_name,
                worker=worker,
                phone=phones[row.number],
                qr=qr(address),
                address=address,
            )
        )
    return found


def _names(home: DraftBuilding, row: GridRow) -> tuple[str, str]:
    """Return the names of the grids of before and after; twins are told apart by community."""
    if not home.moves or home.today_name != row.name:
        return home.today_name, row.name
    before = area(area_id=home.today_id).parent_id
    community = area_names().get(before, "") if before else ""
    return f"{community} {home.today_name}", f"{row.community_name} {row.name}"


def qr(address: str) -> SafeString:
    """Return a QR code as a picture that stands in the page."""
    code: Any = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr")
    return SafeString(drawn)


def _workers(request: Request, view: DraftView) -> dict[str, str]:
    """Return by code of a grid who takes it over; of several the one who has most of it."""
    if view.adoption is None or not _stands(view):
        return {}
    rows = queries.handovers(viewer=request.viewer, adoption_id=view.adoption.id, now=request.now)
    named = sorted(
        (one for one in rows if one.taker_name), key=lambda one: (one.main, one.households)
    )
    return {one.new_code: one.taker_name for one in named}


def _today(request: Request) -> dict[UUID, str]:
    """Return who has each grid today."""
    found = reversed(holders(roles=[Role.GRID_WORKER], now=request.now))
    return {one.grant.area_id: one.name for one in found if one.grant.area_id is not None}


def _phone(request: Request, row: GridRow) -> str:
    found = areas(level="community", on=request.now)
    community = next((one.id for one in found if one.code == row.community_code), None)
    unit = unit_of_area(community)
    return unit.phone if unit else ""
