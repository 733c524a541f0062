"""Audit administrator: who looked at personal data, who gave which role."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onegrid.accounts.queries import admin as accounts
from onegrid.accounts.terms import Role
from onegrid.audit import queries
from onegrid.web.admin.pages import page_of, paging, placed
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_MOST = 100_000
#: What a spreadsheet takes for a formula at the beginning of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "=", "+", "-", "@")


@for_roles(Role.AUDIT_ADMIN)
@require_GET
def looks(request: Request) -> HttpResponse:
    """List the looks, newest first."""
    page = page_of(request)
    rows, total = queries.all_looks(request.viewer, page=page)
    foot = paging(page=page, total=total, size=queries.PAGE)
    return render(request, "admin/looks.html", {"rows": rows, **foot})


@for_roles(Role.AUDIT_ADMIN)
@require_GET
def role_changes(request: Request) -> HttpResponse:
    """List the roles given and ended, newest first."""
    page = page_of(request)
    rows, total = accounts.role_changes(request.viewer, page=page)
    foot = paging(page=page, total=total, size=accounts.PAGE)
    return render(request, "admin/role_changes.html", {"rows": placed(rows), **foot})


@for_roles(Role.AUDIT_ADMIN)
@fresh_proof(back_to="admin:looks")
@require_GET
def looks_csv(request: Request) -> HttpResponse:
    """Export the looks as CSV; needs a sign-in of the last ten minutes."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="looks.csv"'
    response.write("\ufeff")
    out = csv.writer(response, quoting=csv.QUOTE_ALL)
    out.writerow(
        [_("Moment"), _("Who"), _("Role"), _("Purpose"), _("Reason"), _("Fields"), _("About")]
    )
    out.writerows([harmless(cell) for cell in line] for line in _lines(request))
    return response


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(request: Request) -> Iterator[list[str]]:
    for page in range(1, _MOST // queries.PAGE + 1):
        rows, _total = queries.all_looks(request.viewer, page=page)
        for row in rows:
            yield [
                timezone.localtime(row.at).isoformat(timespec="seconds"),
                row.viewer_name,
                row.viewer_role,
                row.purpose,
                row.reason,
                row.fields,
                f"{row.subject_kind} {row.subject_id}",
            ]
        if len(rows) < queries.PAGE:
            return
