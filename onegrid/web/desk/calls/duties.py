"""My duties: swap one with a colleague, answer a request, the receipt of both signatures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onegrid.calls import actions
from onegrid.calls.queries import rosters
from onegrid.calls.terms import ANSWERERS, OVERSEERS
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.web.desk.calls.pages import frame
from onegrid.web.desk.calls.shared import ident, words
from onegrid.web.edge import doing_of, for_roles, new_key, refused_form
from onegrid.web.middleware import Request


@require_safe
@for_roles(*ANSWERERS)
def mine(request: Request) -> HttpResponse:
    """Show my coming duties and the requests to swap."""
    return render(request, "desk/calls/mine.html", _context(request))


def _context(request: Request) -> dict[str, Any]:
    found = rosters.mine(request.viewer, now=request.now)
    rows = []
    for shift in found.shifts:
        people = [(one.id, one.name) for one in found.colleagues.get(shift.id, ())]
        begun = shift.starts_at <= request.now
        rows.append((shift, found.teams.get(shift.team_id, ""), [] if begun else people))
    return {**frame(request), "mine": found, "rows": rows, "key": new_key()}


@require_POST
@for_roles(*ANSWERERS)
def ask(request: Request) -> HttpResponse:
    """Ask a colleague to take a duty over."""
    shift, person = ident(request, "shift"), ident(request, "to")
    try:
        with transaction.atomic():
            if person is None:
                raise Invalid("swap.colleague", field="to")
            if shift is None:
                raise NotFound("roster.not_found")
            actions.ask_swap(
                doing=doing_of(request),
                shift_id=shift,
                to_id=person,
                other_id=ident(request, "other"),
                words=words(request, "words"),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, "desk/calls/mine.html", _context(request), refusal)
    messages.success(request, _("Your colleague has been asked."))
    return redirect("desk:my_duties")


@require_POST
@for_roles(*ANSWERERS)
def answer(request: Request, swap_id: UUID) -> HttpResponse:
    """Accept, decline or take back."""
    do = request.POST.get("do", "")
    viewer, now = request.viewer, request.now
    try:
        with transaction.atomic():
            if do == "withdraw":
                actions.withdraw_swap(viewer=viewer, swap_id=swap_id, now=now)
            else:
                actions.answer_swap(viewer=viewer, swap_id=swap_id, yes=do == "yes", now=now)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, "desk/calls/mine.html", _context(request), refusal)
    messages.success(request, _("Written down. Thank you."))
    return redirect("desk:swap" if do == "yes" else "desk:my_duties", *([swap_id] * (do == "yes")))


@require_safe
@for_roles(*ANSWERERS, *OVERSEERS)
def receipt(request: Request, swap_id: UUID) -> HttpResponse:
    """Show a swap with both signatures as a sheet of paper."""
    row = rosters.swap_receipt(request.viewer, swap_id=swap_id)
    return render(request, "desk/calls/swap.html", {"swap": row, "team": row.shift.team.name})
