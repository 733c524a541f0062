"""Lists by which grids are handed over: who gives, who takes, both sign; also on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.plans import actions, queries
from onegrid.plans.actions import Doing
from onegrid.plans.queries import AdoptionRow, HandoverRow
from onegrid.plans.terms import PLANNERS
from onegrid.web.desk.calls.shared import ident, page_of, pages
from onegrid.web.desk.plans.shared import HANDOVER_ROLES, PLAN_ROLES, frame, tried
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

SIZE = 40


@require_safe
@for_roles(*HANDOVER_ROLES)
def index(request: Request) -> HttpResponse:
    """Show what the viewer has to sign, and the plans whose grids are handed over."""
    return _index(request)


def _index(request: Request, refusal: Refusal | None = None) -> HttpResponse:
    sees = request.viewer.has(*PLAN_ROLES)
    context = {
        **frame(request),
        "layout": "layouts/desk.html" if sees else "layouts/worker.html",
        "mine": queries.my_handovers(viewer=request.viewer, now=request.now),
        "adoptions": queries.adoptions(viewer=request.viewer, now=request.now),
        "sees_plans": sees,
    }
    if refusal is not None:
        return refused_form(request, "desk/plans/handovers.html", context, refusal)
    return render(request, "desk/plans/handovers.html", context)


@require_safe
@for_roles(*PLAN_ROLES)
def adoption(request: Request, adoption_id: UUID) -> HttpResponse:
    """Show all lists of an adopted plan."""
    return _page(request, adoption_id)


def _page(request: Request, adoption_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    rows = queries.handovers(viewer=request.viewer, adoption_id=adoption_id, now=request.now)
    last = pages(len(rows), SIZE)
    shown = min(page_of(request), last)
    held = rows[(shown - 1) * SIZE : shown * SIZE]
    names = any("name_taker" in row.may for row in held)
    context = {
        **frame(request),
        **counts(rows),
        "adoption": _adoption(request, adoption_id),
        "rows": held,
        "people": [(one.id, one.name) for one in queries.candidates(now=request.now)]
        if names
        else [],
        "page": shown,
        "pages": last,
        "total": len(rows),
    }
    if refusal is not None:
        return refused_form(request, "desk/plans/handover.html", context, refusal)
    return render(request, "desk/plans/handover.html", context)


def _adoption(request: Request, adoption_id: UUID) -> AdoptionRow:
    found = queries.adoptions(viewer=request.viewer, now=request.now)
    row = next((one for one in found if one.id == adoption_id), None)
    if row is None:
        raise NotFound("draft.not_found")
    return row


def counts(rows: tuple[HandoverRow, ...]) -> dict[str, Any]:
    """Count what is signed and what is not."""
    to_sign = [row for row in rows if not row.main]
    signed = [row for row in to_sign if row.taker_signed_at and row.giver_signed_at]
    return {
        "to_sign": len(to_sign),
        "signed": len(signed),
        "overdue": sum(row.overdue for row in to_sign),
        "unnamed": sum(not row.taker_name for row in to_sign),
    }


@require_safe
@for_roles(*PLAN_ROLES)
def on_paper(request: Request, adoption_id: UUID) -> HttpResponse:
    """Show the lists as sheets of paper with lines to sign on."""
    rows = queries.handovers(viewer=request.viewer, adoption_id=adoption_id, now=request.now)
    context = {"adoption": _adoption(request, adoption_id), "rows": rows, **counts(rows)}
    return render(request, "desk/plans/handover_print.html", context)


@require_POST
@for_roles(*HANDOVER_ROLES)
def sign(request: Request, handover_id: UUID) -> HttpResponse:
    """Sign for what one gives or takes."""

    def deed(doing: Doing) -> list[str]:
        actions.sign(doing=doing, handover_id=handover_id)
        return [_("Signed.")]

    return tried(request, deed, back=_back(request), again=_again(request))


@require_POST
@for_roles(*PLANNERS)
def name_taker(request: Request, handover_id: UUID) -> HttpResponse:
    """Name who takes over."""

    def deed(doing: Doing) -> list[str]:
        person = ident(request, "user_id")
        if person is None:
            raise Invalid("plan_form.missing", field="user_id")
        actions.name_taker(doing=doing, handover_id=handover_id, user_id=person)
        return [_("Written down who takes over.")]

    return tried(request, deed, back=_back(request), again=_again(request))


def _back(request: Request) -> str:
    of = ident(request, "adoption")
    return reverse("desk:plan_handover", args=[of]) if of else reverse("desk:plan_handovers")


def _again(request: Request) -> Callable[[Refusal], HttpResponse]:
    of = ident(request, "adoption")
    if of is None:
        return lambda refusal: _index(request, refusal)
    return lambda refusal: _page(request, of, refusal)
