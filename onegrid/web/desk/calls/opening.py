"""Call departments: where, what is needed, who comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.calls import actions
from onegrid.calls.actions import Wish
from onegrid.calls.queries.duty import Answering, Spot, answering, call_areas, spot_of_area
from onegrid.calls.terms import CALLERS, Urgency
from onegrid.cases.queries import CaseView, case_by_number
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.web.desk.calls.pages import frame
from onegrid.web.desk.calls.shared import ident, words
from onegrid.web.edge import doing_of, for_roles, new_key, refused_form
from onegrid.web.middleware import Request


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*CALLERS)
def new(request: Request) -> HttpResponse:
    """Show the form, or call; ``case`` in the address names the case it is for."""
    case = _case(request)
    if request.method != "POST":
        return render(request, "desk/calls/new.html", _context(request, case))
    try:
        with transaction.atomic():
            opened = actions.open_call(
                doing=doing_of(request), wish=_wish(request), case_id=case.case.id if case else None
            )
    except Refusal as refusal:
        return refused_form(request, "desk/calls/new.html", _context(request, case), refusal)
    messages.success(request, _("The teams on duty have been told."))
    return redirect("desk:call", call=opened.number)


def _case(request: Request) -> CaseView | None:
    number = request.GET.get("case", "")
    if not number:
        return None
    view = case_by_number(request.viewer, number=number, now=request.now)
    if not view.relations - {"reporter"}:
        raise NotFound("case.not_found")
    return view


def _wish(request: Request) -> Wish:
    return Wish(
        unit_ids=tuple(_ids(request)),
        urgency=words(request, "urgency"),
        what=words(request, "what"),
        address=words(request, "address"),
        area_id=ident(request, "area"),
    )


def _ids(request: Request) -> list[UUID]:
    try:
        return list(dict.fromkeys(UUID(given) for given in request.POST.getlist("units")))
    except ValueError as error:
        raise Invalid("call.units", field="units", most=len(Urgency)) from error


def _context(request: Request, case: CaseView | None) -> dict[str, Any]:
    areas = call_areas(request.viewer, now=request.now)
    chosen = ident(request, "area") or (areas[0].id if areas else None)
    if case is not None:
        spot = Spot(case.case.community_id, case.case.street_id)
    else:
        allowed = chosen is not None and chosen in {area.id for area in areas}
        spot = spot_of_area(area_id=chosen) if allowed and chosen else Spot(None, None)
    posted = request.method == "POST"
    return {
        **frame(request),
        "case": case.case if case else None,
        "areas": [(area.id, area.name) for area in areas],
        "area": chosen,
        "teams": [_choice(one) for one in answering(spot=spot, now=request.now)],
        "chosen": request.POST.getlist("units"),
        "urgencies": Urgency.choices,
        "values": {
            "urgency": words(request, "urgency") or Urgency.NORMAL,
            "what": words(request, "what") if posted else "",
            "address": words(request, "address") or (case.case.address if case else ""),
        },
        "key": request.POST.get("key", "") or new_key(),
    }


def _choice(one: Answering) -> tuple[str, str, str, str]:
    """Return a tile: who is on duty, or that the head of the unit is told."""
    if one.shifts:
        names = "、".join(shift.person_name for shift in one.shifts)
        hint = _("on duty: %(names)s") % {"names": names}
    else:
        hint = _("nobody on duty; the head of the unit is told")
    return str(one.unit_id), one.unit_name, "", f"{hint} · {one.team.name}"
