"""System administrator: accounts of staff."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from onegrid.accounts import actions
from onegrid.accounts.queries import admin as queries
from onegrid.accounts.terms import Role
from onegrid.common.refusals import Invalid, Refusal
from onegrid.web.admin.pages import page_of, paging, search_of
from onegrid.web.edge import for_roles, key_of, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_CLOSED = {"open": False, "closed": True}
_FIELDS = ("username", "full_name", "phone")


@for_roles(Role.SYSTEM_ADMIN)
@require_GET
def listing(request: Request) -> HttpResponse:
    """List and search the accounts of staff."""
    page, search, which = (
        page_of(request),
        search_of(request),
        request.GET.get("which", ""),
    )
    rows, total = queries.accounts(
        request.viewer, search=search, closed=_CLOSED.get(which), page=page
    )
    context = {"rows": rows, "search": search, "which": which, "whichs": _whichs()}
    foot = paging(page=page, total=total, size=queries.PAGE)
    return render(request, "admin/accounts.html", {**context, **foot})


@for_roles(Role.SYSTEM_ADMIN)
@fresh_proof(reading=False)
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """Make an account; its one-time password stands on this answer and nowhere else."""
    if request.method == "GET":
        return render(request, "admin/account_new.html", {"key": new_key()})
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        made = actions.create_staff(
            viewer=request.viewer,
            username=typed["username"],
            full_name=typed["full_name"],
            phone=typed["phone"],
            now=request.now,
            key=key_of(request),
        )
    except Refusal as refusal:
        context = {**typed, "key": request.POST.get("key", "")}
        return refused_form(request, "admin/account_new.html", context, refusal)
    if not made.password:
        return redirect("admin:account", made.user_id)
    return _show(request, made.user_id, made.password)


@for_roles(Role.SYSTEM_ADMIN)
@fresh_proof(reading=False)
@require_http_methods(["GET", "POST"])
def detail(request: Request, user_id: UUID) -> HttpResponse:
    """Show an account; close or open it, end its sessions, give a one-time password."""
    if request.method == "GET":
        return _show(request, user_id)
    queries.account(request.viewer, user_id=user_id)
    do = _ACTIONS.get(request.POST.get("action", ""))
    if do is None:
        raise Invalid("form.expired")
    password = do(request, user_id)
    return _show(request, user_id, password) if password else redirect("admin:account", user_id)


def _show(request: Request, user_id: UUID, password: str = "") -> HttpResponse:
    account = queries.account(request.viewer, user_id=user_id)
    grants = queries.grants(request.viewer, user_id=user_id, now=request.now)
    context = {
        "account": account,
        "grants": [row for row in grants if row.current],
        "password": password,
        "own": request.viewer.user_id == user_id,
    }
    return render(request, "admin/account.html", context)


def _close(request: Request, user_id: UUID) -> str:
    actions.disable_user(viewer=request.viewer, user_id=user_id, now=request.now)
    messages.success(request, _("The account is closed and signed out everywhere."))
    return ""


def _open(request: Request, user_id: UUID) -> str:
    actions.enable_user(viewer=request.viewer, user_id=user_id, now=request.now)
    messages.success(request, _("The account is open again."))
    return ""


def _end_sessions(request: Request, user_id: UUID) -> str:
    ended = actions.end_sessions(viewer=request.viewer, user_id=user_id, now=request.now)
    said = ngettext("%(n)d session ended.", "%(n)d sessions ended.", ended) % {"n": ended}
    messages.success(request, said)
    return ""


def _password(request: Request, user_id: UUID) -> str:
    return actions.set_password(viewer=request.viewer, user_id=user_id, now=request.now)


def _factor(request: Request, user_id: UUID) -> str:
    return actions.reset_second_factor(viewer=request.viewer, user_id=user_id, now=request.now)


_ACTIONS: dict[str, Callable[[Request, UUID], str]] = {
    "close": _close,
    "open": _open,
    "end_sessions": _end_sessions,
    "password": _password,
    "factor": _factor,
}


def _whichs() -> list[tuple[str, str]]:
    return [("", _("all")), ("open", _("open")), ("closed", _("closed"))]
