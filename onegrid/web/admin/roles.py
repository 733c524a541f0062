"""Security administrator: who holds which role where."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onegrid.accounts import actions
from onegrid.accounts.queries import admin as queries
from onegrid.accounts.terms import ROLE_LEVEL, Role, ScopeLevel
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.grids.queries import area_names, areas
from onegrid.organisation.queries import units
from onegrid.web.admin.pages import page_of, paging, placed, search_of
from onegrid.web.edge import for_roles, key_of, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_FIELDS = ("role", "place", "until", "reason")
#: What the buttons say of approving one's own work.
_SELF = {"self_on": True, "self_off": False}
_AREAS = (ScopeLevel.STREET, ScopeLevel.COMMUNITY, ScopeLevel.GRID)


@for_roles(Role.SECURITY_ADMIN)
@require_GET
def listing(request: Request) -> HttpResponse:
    """List the roles that hold."""
    page, role = page_of(request), request.GET.get("role", "")
    wanted = role if role in ROLE_LEVEL else ""
    rows, total = queries.current_roles(request.viewer, now=request.now, role=wanted, page=page)
    context = {"rows": placed(rows), "role": wanted, "roles": _roles()}
    foot = paging(page=page, total=total, size=queries.PAGE)
    return render(request, "admin/roles.html", {**context, **foot})


@for_roles(Role.SECURITY_ADMIN)
@require_GET
def people(request: Request) -> HttpResponse:
    """Find the person to whom a role is given."""
    page, search = page_of(request), search_of(request)
    rows, total = queries.accounts(request.viewer, search=search, closed=False, page=page)
    foot = paging(page=page, total=total, size=queries.PAGE)
    return render(request, "admin/people.html", {"rows": rows, "search": search, **foot})


@for_roles(Role.SECURITY_ADMIN)
@fresh_proof()
@require_http_methods(["GET", "POST"])
def person(request: Request, user_id: UUID) -> HttpResponse:
    """Show, give and end the roles of a person; needs a sign-in of the last ten minutes."""
    if request.method == "GET":
        context = {**_context(request, user_id), "key": new_key()}
        return render(request, "admin/person.html", context)
    try:
        _change(request, user_id)
    except NotFound:
        raise
    except Refusal as refusal:
        typed = {name: request.POST.get(name, "") for name in _FIELDS}
        context = {**_context(request, user_id), **typed, "key": request.POST.get("key", "")}
        return refused_form(request, "admin/person.html", context, refusal)
    return redirect("admin:person", user_id)


def _change(request: Request, user_id: UUID) -> None:
    if request.POST.get("action") == "end":
        actions.end_role(
            viewer=request.viewer,
            grant_id=_held(request, user_id),
            now=request.now,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, _("The role has ended. The person is signed out everywhere."))
        return
    if request.POST.get("action") in _SELF:
        actions.set_self_approval(
            viewer=request.viewer,
            grant_id=_held(request, user_id),
            allowed=_SELF[request.POST["action"]],
            now=request.now,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, _("The right has changed. The person must sign in again."))
        return
    area_id, unit_id = _place(request.POST.get("role", ""), request.POST.get("place", ""))
    actions.grant_role(
        viewer=request.viewer,
        user_id=user_id,
        role=request.POST.get("role", ""),
        area_id=area_id,
        unit_id=unit_id,
        valid_to=_until(request.POST.get("until", "")),
        reason=request.POST.get("reason", ""),
        now=request.now,
        key=key_of(request),
    )
    messages.success(request, _("The role holds from now on. The person must sign in again."))


def _held(request: Request, user_id: UUID) -> UUID:
    """Return the role that is meant.

    Raises:
        NotFound: it is none of this person's.
    """
    grant_id = _uuid(request.POST.get("grant", ""))
    held = queries.grants(request.viewer, user_id=user_id, now=request.now)
    if grant_id not in {row.id for row in held}:
        raise NotFound()
    return grant_id


def _context(request: Request, user_id: UUID) -> dict[str, Any]:
    held = queries.grants(request.viewer, user_id=user_id, now=request.now)
    return {
        "account": queries.account(request.viewer, user_id=user_id),
        "grants": placed(held),
        "roles": _roles(),
        "places": _places(request.now),
        "own": request.viewer.user_id == user_id,
    }


def _roles() -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}({level.label})") for role, level in ROLE_LEVEL.items()]


def _places(now: datetime) -> list[tuple[str, str]]:
    """Return where a role may hold: the county, areas from streets to grids, units."""
    found = [("county", _("whole county"))]
    names = area_names()
    for level in _AREAS:
        found += [
            (str(row.id), f"{level.label} · {names.get(row.id, row.name)}")
            for row in areas(level=level.value, on=now)
        ]
    unit = ScopeLevel.UNIT.label
    return found + [(str(row.id), f"{unit} · {row.name}") for row in units().values()]


def _place(role: str, place: str) -> tuple[UUID | None, UUID | None]:
    """Return area and unit for a role.

    Raises:
        Invalid: the place is none of the county, or of another level than the role.
    """
    level = ROLE_LEVEL.get(Role(role)) if role in Role.values else None
    if level is None:
        raise Invalid("grant.unknown_role", field="role")
    if place == "county" or not place:
        return None, None
    wanted = _uuid(place)
    if level is ScopeLevel.UNIT and wanted in units():
        return None, wanted
    if any(row.id == wanted for row in areas(level=level.value, on=timezone.now())):
        return wanted, None
    raise Invalid("grant.wrong_level", field="place", level=level.label)


def _until(text: str) -> datetime | None:
    """Return the end of the day chosen, in local time; None without a date."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("grant.end_passed", field="until") from error
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(days=1)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error
