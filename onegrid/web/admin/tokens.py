"""Security administrator: API tokens of everybody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.accounts import actions
from onegrid.accounts.queries import admin as queries
from onegrid.accounts.terms import Role
from onegrid.common.refusals import NotFound
from onegrid.web.admin.pages import page_of, paging
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request


@for_roles(Role.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """List tokens without their secrets; revoke one."""
    if request.method == "POST":
        return _revoke(request)
    page = page_of(request)
    rows, total = queries.tokens(request.viewer, own=False, page=page)
    shown = [(row, queries.scope_labels(row.scopes)) for row in rows]
    foot = paging(page=page, total=total, size=queries.PAGE)
    return render(request, "admin/tokens.html", {"rows": shown, **foot})


def _revoke(request: Request) -> HttpResponse:
    try:
        token_id = UUID(request.POST.get("token", ""))
    except ValueError as error:
        raise NotFound() from error
    actions.revoke_token(viewer=request.viewer, token_id=token_id, now=request.now)
    messages.success(request, _("The token no longer works."))
    return redirect("admin:tokens")
