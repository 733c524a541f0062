"""Changing a draft by hand, and the page of one grid, where all of it can be done without a map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.plans import actions, queries
from onegrid.plans.actions import Broken, Doing, Edited
from onegrid.plans.queries import DraftBuilding, DraftView, GridRow
from onegrid.plans.terms import PLANNERS
from onegrid.web.desk.calls.shared import words as typed_words
from onegrid.web.desk.plans import bench, words
from onegrid.web.desk.plans.colours import neighbours
from onegrid.web.desk.plans.reasons import why_here
from onegrid.web.desk.plans.shared import PLAN_ROLES, frame, idents, number, tried
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

#: Does one edit of a draft and returns what to say and what came of it.
Hand = Callable[[Request, Doing, UUID], tuple[str, Edited | None]]


@require_POST
@for_roles(*PLANNERS)
def edit(request: Request, draft_id: UUID, kind: str) -> HttpResponse:
    """Change a draft by hand; what that breaks is said, and nothing is refused for it."""
    hand = HANDS.get(kind)
    if hand is None:
        raise Http404(kind)

    def deed(doing: Doing) -> list[str]:
        said, edited = hand(request, doing, draft_id)
        return [said, *(broken(one) for one in (edited.broken if edited else ()))]

    return tried(
        request,
        deed,
        back=lambda: _back(request, draft_id),
        again=lambda refusal: _again(request, draft_id, refusal),
    )


def broken(one: Broken) -> str:
    """Say what an edit has left of a grid."""
    if one.kind == "in_pieces":
        return _("%(name)s is in pieces now.") % {"name": one.name}
    return ngettext(
        "%(name)s now has %(n)d household and is out of the band.",
        "%(name)s now has %(n)d households and is out of the band.",
        one.households,
    ) % {"name": one.name, "n": one.households}


def _stay(request: Request) -> int | None:
    typed = request.POST.get("stay", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else None


def _back(request: Request, draft_id: UUID) -> str:
    """Return the page of the grid where the hand was, or of the draft when the grid is gone."""
    stay = _stay(request)
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    if stay is None or stay not in {row.number for row in view.grids}:
        return reverse("desk:plan", args=[draft_id])
    return reverse("desk:plan_grid", args=[draft_id, stay])


def _again(request: Request, draft_id: UUID, refusal: Refusal) -> HttpResponse:
    stay = _stay(request)
    if stay is None:
        return bench.page(request, draft_id, refusal)
    return _page(request, draft_id, stay, refusal)


def _paint(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    chosen, grid = idents(request, "buildings"), number(request, "grid")
    done = actions.paint(doing=doing, draft_id=draft_id, building_ids=chosen, grid=grid)
    said = ngettext("%(n)d building was moved.", "%(n)d buildings were moved.", len(chosen))
    return said % {"n": len(chosen)}, done


def _swap(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    found = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    first, second = (_group(request, name, found) for name in ("first_ids", "second_ids"))
    done = actions.swap(doing=doing, draft_id=draft_id, first_ids=first, second_ids=second)
    return _("The compounds changed places."), done


def _group(request: Request, name: str, found: tuple[DraftBuilding, ...]) -> list[UUID]:
    """Return the buildings of a compound in a grid, which the form names ``3|Compound``."""
    grid, _bar, compound = typed_words(request, name).partition("|")
    chosen = [one.id for one in found if str(one.number) == grid and one.compound == compound]
    if not chosen:
        raise Invalid("plan_form.missing", field=name)
    return chosen


def _split(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    done = actions.split(doing=doing, draft_id=draft_id, grid=number(request, "grid"))
    return _("The grid was divided into two."), done


def _merge(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    grids = [number(request, "grid"), number(request, "with")]
    done = actions.merge(doing=doing, draft_id=draft_id, grids=grids)
    return _("The grids were joined."), done


def _rename(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    done = actions.rename(
        doing=doing,
        draft_id=draft_id,
        grid=number(request, "grid"),
        name=typed_words(request, "name"),
        code=typed_words(request, "code"),
    )
    return _("The grid has its new name."), done


def _undo(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    return _("Undone."), actions.undo(doing=doing, draft_id=draft_id)


def _redo(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, Edited]:
    return _("Done again."), actions.redo(doing=doing, draft_id=draft_id)


def _freeze(request: Request, doing: Doing, draft_id: UUID) -> tuple[str, None]:
    """Keep the grid of today as it is in the next run, or no longer."""
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    today = _row(view, number(request, "grid")).today_id
    if today is None:
        raise Invalid("plan_form.missing", field="grid")
    kept = [one for one in view.wish.frozen if one != today]
    freeze = len(kept) == len(view.wish.frozen)
    wish = replace(view.wish, frozen=(*kept, today) if freeze else tuple(kept))
    actions.change_draft(doing=doing, draft_id=draft_id, wish=wish)
    if freeze:
        return _("The next run of the planner keeps today's grid as it is."), None
    return _("The next run of the planner may change this grid again."), None


HANDS: dict[str, Hand] = {
    "paint": _paint,
    "swap": _swap,
    "split": _split,
    "merge": _merge,
    "rename": _rename,
    "undo": _undo,
    "redo": _redo,
    "freeze": _freeze,
}


@require_safe
@for_roles(*PLAN_ROLES)
def grid(request: Request, draft_id: UUID, grid: int) -> HttpResponse:
    """Show a grid of a draft with its buildings."""
    return _page(request, draft_id, grid)


def _row(view: DraftView, number: int) -> GridRow:
    found = next((row for row in view.grids if row.number == number), None)
    if found is None:
        raise NotFound("draft.not_found")
    return found


def _page(
    request: Request, draft_id: UUID, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    row = _row(view, number)
    told = queries.stories(viewer=request.viewer, draft_id=draft_id)
    found = queries.draft_buildings(viewer=request.viewer, draft_id=draft_id)
    near = neighbours([(one.lon, one.lat, one.number) for one in found]).get(number, set())
    others = sorted(
        (one for one in view.grids if one.number != number),
        key=lambda one: (one.number not in near, one.code),
    )
    context = {
        **frame(request),
        "view": view,
        "draft": view.row,
        "may": view.may,
        "grid": row,
        "trouble": words.trouble(row, view.row),
        "said": words.of_grid(row),
        "why_here": [line for one in told if one.number == number for line in why_here(one)],
        "compounds": _compounds(found, number),
        "targets": [(one.number, f"{one.name} · {one.households}") for one in others],
        "mine": _swappable(found, {number}, view),
        "theirs": _swappable(found, near, view),
        "typed": _typed(request, row),
    }
    if refusal is not None:
        return refused_form(request, "desk/plans/grid.html", context, refusal)
    return render(request, "desk/plans/grid.html", context)


def _typed(request: Request, row: GridRow) -> dict[str, Any]:
    posted = request.method == "POST"
    return {
        "name": typed_words(request, "name") if posted and "name" in request.POST else row.name,
        "code": typed_words(request, "code") if posted and "code" in request.POST else row.code,
        "grid": typed_words(request, "grid"),
        "buildings": request.POST.getlist("buildings"),
    }


def _compounds(
    found: tuple[DraftBuilding, ...], number: int
) -> list[tuple[str, int, list[DraftBuilding]]]:
    """Return name, households and buildings of each compound of a grid."""
    inside: dict[str, list[DraftBuilding]] = defaultdict(list)
    for one in found:
        if one.number == number:
            inside[one.compound].append(one)
    return [
        (name, sum(one.households for one in rows), sorted(rows, key=lambda one: one.address))
        for name, rows in sorted(inside.items())
    ]


def _swappable(
    found: tuple[DraftBuilding, ...], numbers: set[int], view: DraftView
) -> list[tuple[str, str]]:
    names = {row.number: row.name for row in view.grids}
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for one in found:
        if one.number in numbers and one.compound:
            counts[one.number, one.compound] += one.households
    return [
        (f"{number}|{compound}", f"{compound} · {count} · {names[number]}")
        for (number, compound), count in sorted(counts.items())
    ]
