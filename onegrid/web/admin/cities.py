"""System administrator: other cities that speak Open311, and how the exchange with them goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases.reference import categories
from onegrid.common.refusals import Invalid, Refusal
from onegrid.integrations.open311 import cities
from onegrid.integrations.open311.cities import City, CityGiven
from onegrid.integrations.open311.terms import Form
from onegrid.web.casework.cities import reason
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request
from onegrid.web.step_up import fresh_proof

_PAGE = "admin/cities.html"
_TYPED = ("code", "name", "url", "form", "jurisdiction_id", "services")
_BOXES = ("pulls", "tells_updates")
_NEW = "new"


@sensitive_post_parameters("api_key")
@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof(reading=False)
def listing(request: Request) -> HttpResponse:
    """Show the cities, one to change, and what went wrong; add, change, try, switch one."""
    if request.method != "POST":
        return render(request, _PAGE, _context(request))
    do = _ACTS.get(request.POST.get("do", ""))
    if do is None:
        raise Invalid("form.expired")
    try:
        said = do(request)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        return refused_form(request, _PAGE, _context(request, _posted(request)), refusal)
    messages.success(request, said)
    return redirect("admin:cities")


def _posted(request: Request) -> dict[str, Any]:
    typed: dict[str, Any] = {
        name: request.POST.get(name, "").replace("\0", "").strip() for name in _TYPED
    }
    typed |= {name: name in request.POST for name in _BOXES}
    return {**typed, "known": request.POST.get("do") == "change"}


def _context(request: Request, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    found = cities.cities(request.viewer)
    named = {row.code: row.label(request.LANGUAGE_CODE) for row in categories.get().values()}
    form = typed or _chosen(request, found)
    return {
        "rows": [(row, reason(row.error), reason(row.check_error)) for row in found],
        "trouble": [(row, reason(row.error)) for row in cities.trouble(request.viewer)],
        "typed": form,
        "theirs": _theirs(form, found, named),
        "forms": Form.choices,
        "categories": sorted(named.items()),
        "now": request.now,
    }


def _chosen(request: Request, found: tuple[City, ...]) -> dict[str, Any] | None:
    """Return the form that the address names, or None for the list alone."""
    wanted = request.GET.get("city", "")
    if wanted == _NEW:
        empty: dict[str, Any] = dict.fromkeys(_TYPED, "")
        return {**empty, "form": Form.JSON.value, "pulls": True, "tells_updates": False}
    row = next((one for one in found if one.code == wanted), None)
    if row is None:
        return None
    pairs = "\n".join(f"{theirs}={ours}" for theirs, ours in row.services.items())
    values = {name: getattr(row, name) for name in (*_TYPED, *_BOXES)}
    return {**values, "services": pairs, "known": True}


def _theirs(
    form: Mapping[str, Any] | None, found: tuple[City, ...], named: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return the services of the city in the form, with what each becomes here."""
    row = next((one for one in found if form and one.code == form["code"]), None)
    if row is None:
        return []
    return [(code, name, named.get(row.services.get(code, code), "")) for code, name in row.theirs]


def _given(request: Request) -> CityGiven:
    typed = _posted(request)
    return CityGiven(
        code=typed["code"],
        name=typed["name"],
        url=typed["url"],
        form=typed["form"],
        jurisdiction_id=typed["jurisdiction_id"],
        api_key=request.POST.get("api_key", "").replace("\0", "").strip(),
        services=_pairs(typed["services"]),
        pulls=typed["pulls"],
        tells_updates=typed["tells_updates"],
    )


def _pairs(typed: str) -> dict[str, str]:
    found = {}
    for line, words in enumerate(typed.splitlines(), start=1):
        theirs, sign, ours = (part.strip() for part in words.partition("="))
        if not words.strip():
            continue
        if not (sign and theirs and ours):
            raise Invalid("neighbour.services_line", field="services", line=line)
        found[theirs] = ours
    return found


def _add(request: Request) -> str:
    cities.add_city(viewer=request.viewer, given=_given(request))
    return _("Added. It is exchanged with every five minutes from now on.")


def _change(request: Request) -> str:
    cities.change_city(viewer=request.viewer, given=_given(request))
    return _("Saved. The next exchange uses it.")


def _check(request: Request) -> str:
    cities.want_check(viewer=request.viewer, code=_code(request))
    return _("The city is asked within seconds. Reload the page to see what it says.")


def _on(request: Request) -> str:
    cities.switch_city(viewer=request.viewer, code=_code(request), on=True)
    return _("The exchange is on.")


def _off(request: Request) -> str:
    cities.switch_city(viewer=request.viewer, code=_code(request), on=False)
    return _("The exchange is off. What both have stays as it is.")


def _forget(request: Request) -> str:
    cities.forget_key(viewer=request.viewer, code=_code(request))
    return _("The key is gone. Nothing is handed over without one.")


def _code(request: Request) -> str:
    return request.POST.get("city", "").replace("\0", "")


_ACTS: dict[str, Callable[[Request], str]] = {
    "add": _add,
    "change": _change,
    "check": _check,
    "on": _on,
    "off": _off,
    "forget": _forget,
}
