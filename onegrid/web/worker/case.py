"""One case on the way: the same page as at a desk, in one column."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.web.casework.page import Place, filled, one_point, page, reveal, take_step
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

WORKER = Place("worker", "worker/case.html", queue="home")


@require_safe
@for_roles(Role.GRID_WORKER)
def case(request: Request, number: str) -> HttpResponse:
    """Show a case of my grid."""
    return page(request, WORKER, number)


@require_POST
@for_roles(Role.GRID_WORKER)
def act(request: Request, number: str, name: str) -> HttpResponse:
    """Take a step."""
    return take_step(request, WORKER, number, name)


@require_safe
@for_roles(Role.GRID_WORKER)
def standard_text(request: Request, number: str) -> HttpResponse:
    """Return a field with a standard text in it."""
    return filled(request, number)


@require_safe
@for_roles(Role.GRID_WORKER)
def point(request: Request, number: str) -> HttpResponse:
    """Return the case as a point of the map."""
    return one_point(request, number)


@require_POST
@for_roles(Role.GRID_WORKER)
def contact(request: Request, number: str) -> HttpResponse:
    """Show how to reach the reporter, and write the look down."""
    return reveal(request, WORKER, number)
