"""Bring a roster in from Excel: template, a look at what would happen, then doing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.accounts.terms import Role
from onegrid.calls import importing
from onegrid.calls.queries import rosters
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Invalid, NotFound, Refusal
from onegrid.web.desk import checked
from onegrid.web.desk.calls.pages import frame
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request


@require_safe
@for_roles(Role.UNIT_HEAD)
def template(request: Request, team_id: UUID) -> HttpResponse:
    """Send an empty table with its header and one example for this team."""
    team = rosters.team_of(request.viewer, team_id=team_id)
    example = [team.code, *importing.SPEC.example[1:]]
    return checked.empty_table(importing.COLUMNS, example, name="roster")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.UNIT_HEAD)
def bring(request: Request, team_id: UUID) -> HttpResponse:
    """Show the form; check a table; bring a checked one in."""
    team = rosters.team_of(request.viewer, team_id=team_id)
    rosters.must_edit(request.viewer, team.unit_id)
    context = {**frame(request), "team": team}
    if request.method != "POST":
        return render(request, "desk/calls/bring.html", context)
    try:
        if "checked" in request.POST:
            return _take(request, team_id, team.unit_id)
        return _check(request, team.unit_id, context)
    except NotFound:
        raise
    except Refusal as refusal:
        errors = [{"field": refusal.field or "file", "message": text(refusal)}]
        answer = {**context, "errors": errors}
        return render(request, "desk/calls/bring.html", answer, status=refusal.status)


def _check(request: Request, unit_id: UUID, context: dict[str, Any]) -> HttpResponse:
    """Show what a table would do; nothing is written."""
    content = checked.file_of(request, refusal="roster.file")
    table = importing.read(content, viewer=request.viewer, unit_id=unit_id, now=request.now)
    found = {
        **context,
        "rows": table.rows[: checked.SHOWN],
        "good": len(table.rows),
        "more": max(0, len(table.rows) - checked.SHOWN),
        "problems": [
            checked.told(one, importing.COLUMNS) for one in table.problems[: checked.SHOWN]
        ],
        "checked": "" if table.problems else checked.seal(content, what="roster"),
        "batch": f"{localtime(request.now):%Y%m%d-%H%M}",
    }
    if table.problems:
        found["errors"] = [{"field": "file", "message": text(Invalid("roster.problems"))}]
    status = 422 if table.problems else 200
    return render(request, "desk/calls/bring.html", found, status=status)


def _take(request: Request, team_id: UUID, unit_id: UUID) -> HttpResponse:
    """Bring in what was checked; it is read again, because the roster may have changed."""
    content = checked.opened(request.POST["checked"], what="roster")
    table = importing.read(content, viewer=request.viewer, unit_id=unit_id, now=request.now)
    if table.problems:
        raise Conflict("roster.changed", field="file")
    with transaction.atomic():
        done = importing.bring_in(
            table.rows,
            viewer=request.viewer,
            unit_id=unit_id,
            name=request.POST.get("batch", ""),
            now=request.now,
        )
    said = _("%(added)s duties are in the roster, %(before)s were there before.")
    messages.success(request, said % {"added": done.added, "before": done.there_before})
    return redirect("desk:roster", team_id=team_id)
