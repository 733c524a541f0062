"""The workbench of a draft: map, figures, grids, the planner at work, the way to adoption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Refusal
from onegrid.plans import queries
from onegrid.plans.figures import Figures
from onegrid.plans.queries import DraftView, GridRow
from onegrid.plans.queries.layers import sources
from onegrid.plans.terms import OPEN, EditKind
from onegrid.web.desk.calls.shared import page_of, pages
from onegrid.web.desk.plans import standing, words
from onegrid.web.desk.plans.reasons import communities
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

SIZE = 15
_MOVERS = 8
_BROKEN = 8
_PAST = 12
#: How the list of grids can be sorted.
_ORDERS = {
    "name": lambda row: (row.community_code, row.code),
    "households": lambda row: row.households,
    "rms": lambda row: row.rms,
    "cases": lambda row: row.cases,
    "right": lambda row: (row.within and row.connected, row.households),
}


@require_safe
@for_roles(*PLAN_ROLES)
def plan(request: Request, draft_id: UUID) -> HttpResponse:
    """Show the workbench."""
    return page(request, draft_id)


def page(
    request: Request, draft_id: UUID, refusal: Refusal | None = None, field: str | None = None
) -> HttpResponse:
    """Show the workbench, and why something was refused if so.

    Args:
        field: the field of the form, where the refusal names it otherwise.
    """
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    context = {
        **frame(request),
        **_shown(request, view),
        **_grids(request, view),
        "typed": request.POST,
    }
    if refusal is not None:
        again = refusal if field is None else _named(refusal, field)
        return refused_form(request, "desk/plans/bench.html", context, again)
    return render(request, "desk/plans/bench.html", context)


def _named(refusal: Refusal, field: str) -> Refusal:
    return type(refusal)(refusal.code, field=field, **refusal.params)


def _shown(request: Request, view: DraftView) -> dict[str, Any]:
    moving = queries.movers(viewer=request.viewer, draft_id=view.row.id) if view.grids else ()
    wrong = [row for row in view.grids if not (row.within and row.connected)]
    return {
        "view": view,
        "draft": view.row,
        "run": view.run,
        "may": view.may,
        "is_open": view.row.status in OPEN,
        "figures": figures(view.row.before, view.row.after),
        "wrong": [(row, words.trouble(row, view.row)) for row in wrong[:_BROKEN]],
        "standing": standing.said(view.row),
        "communities": communities(view),
        "wrong_more": max(0, len(wrong) - _BROKEN),
        "choices": [(row.number, f"{row.name} · {row.households}") for row in view.grids],
        "movers": moving[:_MOVERS],
        "movers_more": max(0, len(moving) - _MOVERS),
        "way": words.way(view),
        "said_run": words.run(view.run) if view.run else {},
        "fault": words.fault(view.run) if view.run else "",
        "tools": words.tools(),
        "sources": sources(draft_id=view.row.id),
        "past": [one for one in view.edits if one.kind != EditKind.RENAME][:_PAST],
        **_next(request, view),
    }


def _next(request: Request, view: DraftView) -> dict[str, Any]:
    """Return what the forms of the next steps show, with what was typed."""
    found: dict[str, Any] = {
        "reasons": words.with_reason(view.may, request.POST),
        "typed_comment": request.POST.get("comment-text", ""),
        "typed_day": request.POST.get("adopt-effective_on", ""),
    }
    if "adopt" not in view.may:
        return found
    try:
        found["consequences"] = queries.consequences(
            viewer=request.viewer, draft_id=view.row.id, now=request.now
        )
    except Conflict as refusal:
        found["cannot"] = text(refusal)
    return found


def _grids(request: Request, view: DraftView) -> dict[str, Any]:
    order = request.GET.get("order", "right")
    search = request.GET.get("words", "").strip()[:40]
    found = [row for row in view.grids if _fits(row, search)]
    key = _ORDERS.get(order.removeprefix("-"), _ORDERS["right"])
    found.sort(key=key, reverse=order.startswith("-"))
    last = pages(len(found), SIZE)
    shown = min(page_of(request), last)
    rows = found[(shown - 1) * SIZE : shown * SIZE]
    return {
        "grids": [(row, words.trouble(row, view.row)) for row in rows],
        "order": order,
        "words": search,
        "total": len(found),
        "page": shown,
        "pages": last,
    }


def _fits(row: GridRow, search: str) -> bool:
    named = f"{row.name} {row.code} {row.community_name} {row.today_name}"
    return all(part in named for part in search.split())


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure before and after.

    Attributes:
        turn: better, worse or nothing.
    """

    label: str
    before: str
    after: str
    turn: str = ""
    hint: str = ""


def figures(before: Figures, after: Figures | None) -> list[Compared]:
    """Return the figures of today beside those of the draft."""

    def line(label: str, name: str, way: int, show: Any, hint: str = "") -> Compared:
        was, will = getattr(before, name), getattr(after, name) if after else None
        turn = ""
        if will is not None and way and show(will) != show(was):
            turn = "better" if (will - was) * way > 0 else "worse"
        return Compared(label, show(was), "" if will is None else show(will), turn, hint)

    return [
        line(_("Grids"), "grids", 0, whole),
        line(_("Within the band"), "within", 1, percent),
        line(_("In one piece"), "whole", 1, percent, _("without crossing a main road or a river")),
        line(_("Households of the smallest grid"), "least", 0, whole),
        line(_("Households of the largest grid"), "most", 0, whole),
        line(
            _("Way to the middle of the grid"),
            "rms",
            -1,
            metres,
            _("root mean square over all households"),
        ),
        *walks(before, after),
        line(_("Unequal work"), "spread", -1, percent, _("spread between grids around the mean")),
        line(
            _("Cases of the last year in the busiest grid"),
            "most_cases",
            -1,
            whole,
            _("as if the draft had been in force"),
        ),
        line(_("Compounds that are divided"), "split", -1, whole),
        line(_("Borders between grids"), "border", -1, kilometres),
        line(_("Households that change their grid"), "moved", 0, whole),
    ]


def walks(before: Figures, after: Figures | None) -> list[Compared]:
    """Return the walk to the station today and in the draft; nothing without stations."""
    if before.walk is None and (after is None or after.walk is None):
        return []
    was, will = (one.walk if one else None for one in (before, after))
    turn = ""
    if was is not None and will is not None and round(was) != round(will):
        turn = "better" if will < was else "worse"
    hint = _("mean of all households, along the ways, to the station nearest to the middle")
    none = (after or before).no_way
    if none:
        far = ngettext(
            "%(n)s household has no way to it", "%(n)s households have no way to it", none
        )
        hint = _("; ").join([hint, far % {"n": whole(none)}])
    told = ["–" if one is None else metres(one) for one in (was, will)]
    return [Compared(_("Walk to the station"), told[0], told[1] if after else "", turn, hint)]


def whole(value: float) -> str:
    """Return a whole number with its thousands apart."""
    return number_format(round(value), use_l10n=True, force_grouping=True)


def percent(value: float) -> str:
    """Return a share in per cent; 100 only when it is all."""
    shown = round(100 * value, 1)
    return f"{99.9 if shown == 100 and value < 1 else shown:g} %"


def metres(value: float) -> str:
    """Return metres."""
    return _("%(n)s m") % {"n": whole(value)}


def kilometres(value: float) -> str:
    """Return metres as kilometres."""
    return _("%(n)s km") % {"n": f"{value / 1000:.1f}"}
