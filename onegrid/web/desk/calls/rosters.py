"""Rosters: teams, the month of a team, duties put in and taken off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.calls import actions, importing, standing
from onegrid.calls.actions import ShiftGiven
from onegrid.calls.queries import rosters
from onegrid.calls.terms import TeamKind
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.grids.queries import areas
from onegrid.organisation.queries import units
from onegrid.web.desk.calls.pages import frame
from onegrid.web.desk.calls.shared import (
    ROSTER_ROLES,
    around,
    ident,
    moment,
    month_of,
    words,
)
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*ROSTER_ROLES)
def index(request: Request) -> HttpResponse:
    """Show the teams with who is on duty now; a head of unit makes a team here."""
    if request.method != "POST":
        return render(request, "desk/calls/rosters.html", _teams(request))
    try:
        with transaction.atomic():
            team_id = actions.add_team(
                viewer=request.viewer,
                unit_id=_unit(request),
                kind=words(request, "kind"),
                name=words(request, "name"),
                area_ids=_areas(request),
                now=request.now,
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, "desk/calls/rosters.html", _teams(request), refusal)
    messages.success(request, _("The team is there. Put people on duty."))
    return redirect("desk:roster", team_id=team_id)


def _unit(request: Request) -> UUID:
    """Return the unit chosen, or the only one the viewer heads."""
    mine = standing.unit_ids(request.viewer, Role.UNIT_HEAD)
    chosen = ident(request, "unit") or next(iter(mine), None)
    if chosen is None:
        raise NotFound("roster.not_found")
    return chosen


def _areas(request: Request) -> list[UUID]:
    try:
        return [UUID(given) for given in request.POST.getlist("areas")]
    except ValueError as error:
        raise Invalid("team.areas", field="areas") from error


def _teams(request: Request) -> dict[str, Any]:
    viewer = request.viewer
    mine = standing.unit_ids(viewer, Role.UNIT_HEAD)
    named = [(one.id, one.name) for one in units().values() if one.id in mine]
    places = [
        row for level in ("street", "community") for row in areas(level=level, on=request.now)
    ]
    return {
        **frame(request),
        "teams": rosters.teams(viewer, now=request.now),
        "own_units": named,
        "kinds": TeamKind.choices,
        "areas": [(row.id, row.name) for row in places],
        "values": {"name": words(request, "name"), "kind": words(request, "kind") or "resident"},
        "chosen": request.POST.getlist("areas"),
    }


@require_safe
@for_roles(*ROSTER_ROLES)
def month(request: Request, team_id: UUID) -> HttpResponse:
    """Show the month of a team."""
    return render(request, "desk/calls/month.html", _month(request, team_id))


@require_safe
@for_roles(*ROSTER_ROLES)
def print_month(request: Request, team_id: UUID) -> HttpResponse:
    """Show the month of a team as a sheet of paper."""
    return render(request, "desk/calls/month_print.html", _month(request, team_id))


def _month(request: Request, team_id: UUID) -> dict[str, Any]:
    first = month_of(request, request.now)
    found = rosters.month(request.viewer, team_id=team_id, first=first, now=request.now)
    before, after = around(first)
    return {
        **frame(request),
        "month": found,
        "team": found.team,
        "before": before,
        "after": after,
        "this": f"{first:%Y-%m}",
        "people": [(one.id, f"{one.name} ({one.username})") for one in found.people],
        "values": {name: words(request, name) for name in ("person", "from", "to", "phone")},
    }


@require_POST
@for_roles(Role.UNIT_HEAD)
def add(request: Request, team_id: UUID) -> HttpResponse:
    """Put a person on duty."""
    try:
        with transaction.atomic():
            person = ident(request, "person")
            if person is None:
                raise Invalid("shift.person", field="person")
            given = ShiftGiven(
                person, moment(request, "from"), moment(request, "to"), words(request, "phone")
            )
            actions.add_shift(viewer=request.viewer, team_id=team_id, given=given, now=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        context = _month(request, team_id)
        return refused_form(request, "desk/calls/month.html", context, refusal)
    messages.success(request, _("The duty is in the roster."))
    return redirect(f"{reverse('desk:roster', args=[team_id])}?month={given.starts_at:%Y-%m}")


@require_POST
@for_roles(Role.UNIT_HEAD)
def drop(request: Request, team_id: UUID) -> HttpResponse:
    """Take a duty that has not begun off the roster."""
    shift = ident(request, "shift")
    try:
        with transaction.atomic():
            if shift is None:
                raise NotFound("roster.not_found")
            actions.cancel_shift(viewer=request.viewer, shift_id=shift, now=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        context = _month(request, team_id)
        return refused_form(request, "desk/calls/month.html", context, refusal)
    messages.success(request, _("The duty was taken off."))
    return redirect(f"{reverse('desk:roster', args=[team_id])}?{request.GET.urlencode()}")


@require_POST
@for_roles(Role.UNIT_HEAD)
def undo(request: Request, team_id: UUID) -> HttpResponse:
    """Take a batch of duties back."""
    batch = ident(request, "batch")
    try:
        with transaction.atomic():
            if batch is None:
                raise NotFound("roster.not_found")
            count = importing.undo(viewer=request.viewer, batch_id=batch, now=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        context = _month(request, team_id)
        return refused_form(request, "desk/calls/month.html", context, refusal)
    messages.success(request, _("%(count)s duties were taken back.") % {"count": count})
    return redirect("desk:roster", team_id=team_id)
