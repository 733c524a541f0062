"""The live board of the county centre: counts and places, nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from onegrid.calls.queries.calls import open_calls
from onegrid.cases import queries
from onegrid.cases.queries import Board, Filters
from onegrid.cases.terms import CaseClass
from onegrid.core.clock import PHASES, Phase
from onegrid.core.flow import State
from onegrid.web.casework.page import BOARD_ROLES
from onegrid.web.casework.points import collection
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.words import PHASE_NAMES


@dataclass(frozen=True, slots=True)
class Bar:
    """A name with a number."""

    label: Any
    count: int


@require_safe
@for_roles(*BOARD_ROLES)
def board(request: Request) -> HttpResponse:
    """Show the board, or only its figures when the page asks for them again."""
    found = queries.board(request.viewer, now=request.now)
    context = {
        "board": found,
        "phases": phase_bars(found),
        "classes": class_bars(found),
        "calls": open_calls(request.viewer, now=request.now),
        "most_in_community": max((area.open for area in found.communities), default=1),
        "board_url": reverse("desk:board"),
    }
    if "HX-Request" in request.headers:
        return render(request, "desk/_board.html", context)
    frame = {
        "map_data": reverse("desk:board_points"),
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": True,
    }
    return render(request, "desk/board.html", {**context, **frame})


@require_safe
@for_roles(*BOARD_ROLES)
def board_points(request: Request) -> HttpResponse:
    """Return all open cases as points without number or title."""
    found = queries.points(request.viewer, filters=Filters(which="open"))
    return JsonResponse(collection(found, named=False))


def phase_bars(found: Board) -> list[Bar]:
    """Return the open cases by phase."""
    counts = dict.fromkeys(Phase, 0)
    for state, count in found.states.items():
        counts[PHASES[State(state)]] += count
    return [Bar(PHASE_NAMES[phase], count) for phase, count in counts.items()]


def class_bars(found: Board) -> list[Bar]:
    """Return the open cases by class."""
    return [Bar(CaseClass(name).label, found.classes.get(name, 0)) for name in CaseClass.values]
