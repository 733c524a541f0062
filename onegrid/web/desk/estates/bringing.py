"""Bring a register in from Excel: template, a look at what would happen, doing it, undoing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onegrid.common.refusals import Conflict, Invalid, NotFound, Refusal
from onegrid.estates import importing
from onegrid.estates.terms import EDITORS, PathStage, ServiceKind
from onegrid.web.desk import checked
from onegrid.web.desk.calls.shared import words
from onegrid.web.desk.estates.shared import frame
from onegrid.web.edge import for_roles, new_key, refused_form
from onegrid.web.middleware import Request

_PAGE = "desk/estates/bring.html"


@require_safe
@for_roles(*EDITORS)
def template(request: Request) -> HttpResponse:
    """Send an empty table with its header and one example."""
    return checked.empty_table(importing.COLUMNS, importing.SPEC.example, name="estates")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def bring(request: Request) -> HttpResponse:
    """Show the form; check a table; bring a checked one in."""
    if request.method != "POST":
        return render(request, _PAGE, _context(request))
    try:
        return _take(request) if "checked" in request.POST else _check(request)
    except Refusal as refusal:
        return refused_form(request, _PAGE, _context(request), refusal)


def _context(request: Request) -> dict[str, Any]:
    return {**frame(request), "batches": importing.batches(viewer=request.viewer)}


def _check(request: Request) -> HttpResponse:
    """Show what a table would do; nothing is written."""
    content = checked.file_of(request, refusal="estate.file")
    table = importing.read(content, viewer=request.viewer, now=request.now)
    found = {
        **_context(request),
        "rows": [
            (row, ServiceKind(row.kind).label, PathStage(row.stage).label)
            for row in table.rows[: checked.SHOWN]
        ],
        "good": len(table.rows),
        "more": max(0, len(table.rows) - checked.SHOWN),
        "problems": [
            checked.told(one, importing.COLUMNS) for one in table.problems[: checked.SHOWN]
        ],
        "checked": "" if table.problems else checked.seal(content, what="estates"),
        "batch": f"{localtime(request.now):%Y%m%d-%H%M}-{new_key()[:6]}",
    }
    if table.problems:
        return refused_form(request, _PAGE, found, Invalid("estate.problems", field="file"))
    return render(request, _PAGE, found)


def _take(request: Request) -> HttpResponse:
    """Bring in what was checked; it is read again, because the register may have changed."""
    content = checked.opened(request.POST["checked"], what="estates")
    table = importing.read(content, viewer=request.viewer, now=request.now)
    if table.problems:
        raise Conflict("estate.changed", field="file")
    with transaction.atomic():
        done = importing.bring_in(
            table.rows, viewer=request.viewer, name=words(request, "batch"), now=request.now
        )
    said = _("%(added)s estates are on the register, %(before)s were there before.")
    messages.success(request, said % {"added": done.added, "before": done.there_before})
    return redirect("desk:estates")


@require_POST
@for_roles(*EDITORS)
def undo(request: Request) -> HttpResponse:
    """Take a table back."""
    name = words(request, "batch").removeprefix(importing.BATCHES)
    try:
        with transaction.atomic():
            count = importing.undo(viewer=request.viewer, name=name, now=request.now)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_form(request, _PAGE, _context(request), refusal)
    messages.success(request, _("%(count)s estates were taken back.") % {"count": count})
    return redirect("desk:estates_bring")
