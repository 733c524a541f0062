"""System administrator: web hooks, and what was told to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Invalid, Refusal
from onegrid.exchange import actions, queries
from onegrid.exchange.terms import HookEvent
from onegrid.integrations import hooks
from onegrid.web.admin.exchange import id_of
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """Show web hooks and the log of calls; add, try, switch or remove one."""
    if request.method == "GET":
        return render(request, "admin/hooks.html", _context(request))
    if request.POST.get("action") == "add":
        return _add(request)
    do = _ACTS.get(request.POST.get("action", ""))
    if do is None:
        raise Invalid("form.expired")
    messages.success(request, do(request))
    return redirect("admin:hooks")


def _context(request: Request) -> dict[str, Any]:
    return {
        "targets": queries.targets(request.viewer),
        "calls": queries.calls(request.viewer),
        "choices": HookEvent.choices,
        "now": request.now,
    }


def _add(request: Request) -> HttpResponse:
    """Add a web hook; its secret stands on this answer and nowhere else."""
    url, events = request.POST.get("url", "").strip(), request.POST.getlist("events")
    try:
        secret = actions.add_target(
            viewer=request.viewer,
            url=url,
            events=tuple(events),
            caller=hooks.from_settings(),
            now=request.now,
        )
    except Refusal as refusal:
        context = {**_context(request), "url": url, "events": events}
        return refused_form(request, "admin/hooks.html", context, refusal)
    return render(request, "admin/hooks.html", {**_context(request), "secret": secret})


def _try(request: Request) -> str:
    target = id_of(request, "target")
    actions.try_target(viewer=request.viewer, target_id=target, now=request.now)
    return _("A trial call goes out within seconds; look at the log below.")


def _on(request: Request) -> str:
    actions.switch_target(viewer=request.viewer, target_id=id_of(request, "target"), on=True)
    return _("The web hook is on.")


def _off(request: Request) -> str:
    actions.switch_target(viewer=request.viewer, target_id=id_of(request, "target"), on=False)
    return _("The web hook is off; nothing more is told to it.")


def _remove(request: Request) -> str:
    actions.remove_target(viewer=request.viewer, target_id=id_of(request, "target"))
    return _("The web hook and its log are gone.")


_ACTS: dict[str, Callable[[Request], str]] = {
    "try": _try,
    "on": _on,
    "off": _off,
    "remove": _remove,
}
