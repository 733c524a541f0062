"""One case on a desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from onegrid.cases.queries.letters import letter_for_desk
from onegrid.web.casework import letter as letters
from onegrid.web.casework.page import (
    DESK_ROLES,
    Place,
    filled,
    one_point,
    page,
    reveal,
    take_step,
)
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

DESK = Place("desk", "desk/case.html")


@require_safe
@for_roles(*DESK_ROLES)
def case(request: Request, number: str) -> HttpResponse:
    """Show a case."""
    return page(request, DESK, number)


@require_POST
@for_roles(*DESK_ROLES)
def act(request: Request, number: str, name: str) -> HttpResponse:
    """Take a step."""
    return take_step(request, DESK, number, name)


@require_safe
@for_roles(*DESK_ROLES)
def standard_text(request: Request, number: str) -> HttpResponse:
    """Return a field with a standard text in it."""
    return filled(request, number)


@require_POST
@for_roles(*DESK_ROLES)
def contact(request: Request, number: str) -> HttpResponse:
    """Show how to reach the reporter, and write the look down."""
    return reveal(request, DESK, number)


@require_safe
@for_roles(*DESK_ROLES)
def point(request: Request, number: str) -> HttpResponse:
    """Return the case as a point of the map."""
    return one_point(request, number)


@require_safe
@for_roles(*DESK_ROLES)
def letter(request: Request, number: str) -> HttpResponse:
    """Send the reply letter as PDF; the look is written down."""
    return letters.sent(request, letter_for_desk(request.viewer, number=number, now=request.now))
