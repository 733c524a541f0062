"""System administrator: bring lists of duties in, look at versions, compare and export them."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.cases.reference import categories
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.duties import importing, queries
from onegrid.duties.terms import ListKind
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request
from onegrid.web.sheets import sheet

MAX_BYTES = 500_000
_SALT = "onegrid.duties"
_MAX_AGE_S = 3_600
_SHOWN = 60
_PAGE = "admin/duties.html"
_CHECKED = "admin/duties_check.html"


@for_roles(Role.SYSTEM_ADMIN)
@require_safe
def listing(request: Request) -> HttpResponse:
    """Show every version, the batches, and the way to bring a file in."""
    return render(request, _PAGE, _context())


def _context() -> dict[str, Any]:
    kinds = [(kind, kind.label, list(reversed(queries.lists(kind=kind)))) for kind in ListKind]
    versions = [
        (kind, label, [(row, len(queries.items_of(row.id))) for row in rows])
        for kind, label, rows in kinds
    ]
    return {"kinds": versions, "batches": queries.batches()}


@for_roles(Role.SYSTEM_ADMIN)
@require_safe
def template(request: Request) -> HttpResponse:
    """Send an empty table."""
    response = HttpResponse(importing.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="duties.csv"'
    return response


@for_roles(Role.SYSTEM_ADMIN)
@require_POST
def check(request: Request) -> HttpResponse:
    """Read a file and show every problem; nothing is written."""
    try:
        content, name = _uploaded(request)
    except Refusal as refusal:
        return refused_form(request, _PAGE, _context(), refusal)
    return render(request, _CHECKED, _checked(request, content, name))


def _uploaded(request: Request) -> tuple[bytes, str]:
    given = request.FILES.get("file")
    if given is None or not given.name or not given.size:
        raise Invalid("duties.no_file", field="file")
    if given.size > MAX_BYTES:
        raise Invalid("duties.file_size", field="file", kilobytes=MAX_BYTES // 1000)
    stem = given.name.rsplit(".", 1)[0]
    return given.read(), re.sub(r"[^\w.-]+", "-", stem)[:30] or "duties"


def _checked(request: Request, content: bytes, name: str) -> dict[str, Any]:
    table = _read(request, content)
    found = [
        (kind.label, sum(row.kind == kind for row in table.rows))
        for kind in ListKind
        if any(row.kind == kind for row in table.rows)
    ]
    return {
        "name": name,
        "table": table,
        "found": found,
        "problems": table.problems[:_SHOWN],
        "more": max(0, len(table.problems) - _SHOWN),
        "usable": bool(table.rows) and not any(one.row <= 1 for one in table.problems),
        "signed": signing.dumps(base64.b64encode(content).decode(), salt=_SALT, compress=True),
    }


def _read(request: Request, content: bytes) -> importing.Table:
    known = frozenset(row.code for row in categories.get().values())
    return importing.read(content, categories=known, now=request.now)


@for_roles(Role.SYSTEM_ADMIN)
@require_POST
def bring_in(request: Request) -> HttpResponse:
    """Bring the good rows of the file that was checked in, as new versions."""
    name = request.POST.get("name", "").strip()
    source = request.POST.get("source", "").replace("\0", "").strip()[:200]
    try:
        content = base64.b64decode(
            signing.loads(request.POST.get("signed", ""), salt=_SALT, max_age=_MAX_AGE_S)
        )
    except signing.BadSignature:
        return refused_form(request, _PAGE, _context(), Invalid("duties.changed", field="file"))
    try:
        with transaction.atomic():
            outcome = importing.bring_in(
                _read(request, content).rows,
                name=name,
                now=request.now,
                by=request.viewer.user_id,
                source=source,
            )
    except Refusal as refusal:
        context = {**_checked(request, content, name), "source": source}
        return refused_form(request, _CHECKED, context, refusal)
    words = {"added": outcome.added, "same": outcome.there_before}
    messages.success(
        request, _("%(added)s items brought in; %(same)s stood the same already.") % words
    )
    return redirect("admin:duties")


@for_roles(Role.SYSTEM_ADMIN)
@require_POST
def undo(request: Request) -> HttpResponse:
    """Take the newest batch back."""
    try:
        with transaction.atomic():
            count = importing.undo(request.POST.get("batch", ""), now=request.now)
    except Refusal as refusal:
        return refused_form(request, _PAGE, _context(), refusal)
    messages.success(request, _("%(count)s items were taken back.") % {"count": count})
    return redirect("admin:duties")


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD"])
def compare(request: Request) -> HttpResponse:
    """Show how two versions of a list differ."""
    kind = request.GET.get("kind", "")
    if kind not in ListKind.values:
        raise NotFound("duties.no_version", kind=kind, version="")
    first, second = (_version(request, kind, name) for name in ("a", "b"))
    context = {
        "label": ListKind(kind).label,
        "first": first,
        "second": second,
        "difference": queries.compare(first, second),
    }
    return render(request, "admin/duties_compare.html", context)


def _version(request: Request, kind: str, name: str) -> queries.ListRow:
    typed = request.GET.get(name, "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    return queries.list_of(kind, number)


@for_roles(Role.SYSTEM_ADMIN)
@require_safe
def export(request: Request, kind: str, version: int) -> HttpResponse:
    """Send a version as an Excel file that can be brought in again."""
    row = queries.list_of(kind, version)
    rows = [
        (
            item.kind, item.code, item.heading, item.title, item.basis,
            _owner(item), " ".join(item.category_codes), " ".join(item.words), item.instead,
            row.valid_from,
        )
        for item in queries.items_of(row.id)
    ]  # fmt: skip
    return sheet(
        name=f"duties-{kind}-{version}", heads=list(importing.COLUMNS), rows=rows, now=request.now
    )


def _owner(item: queries.ItemRow) -> str:
    from onegrid.organisation.queries import units

    unit = units().get(item.owner_unit_id) if item.owner_unit_id else None
    return unit.code if unit else item.owner
