"""System administrator: official holidays, and the promised times in force."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from onegrid.accounts.terms import Role
from onegrid.cases.queries.promised import promised_times as promised
from onegrid.common.refusals import Invalid, Refusal
from onegrid.organisation import actions, queries
from onegrid.web.edge import for_roles, refused_form
from onegrid.web.middleware import Request

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_NAME_MAX = 40
#: Names the holiday library gives, so that they are translated.
LIBRARY_NAMES = (
    gettext_noop("New Year's Day"),
    gettext_noop("Spring Festival"),
    gettext_noop("Tomb-sweeping Day"),
    gettext_noop("Labour Day"),
    gettext_noop("Dragon Boat Festival"),
    gettext_noop("Mid-autumn Festival"),
    gettext_noop("National Day"),
)


@for_roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def holidays(request: Request) -> HttpResponse:
    """Show the days of a year that differ from Monday to Friday; enter one or fetch a year."""
    if request.method == "GET":
        return render(request, "admin/holidays.html", _context(request, _year(request)))
    typed = {name: request.POST.get(name, "") for name in ("day", "works", "name")}
    try:
        year = _change(request)
    except Refusal as refusal:
        context = {**_context(request, _year(request)), **typed}
        return refused_form(request, "admin/holidays.html", context, refusal)
    return redirect(f"{reverse('admin:holidays')}?year={year}")


@for_roles(Role.SYSTEM_ADMIN)
@require_GET
def promised_times(request: Request) -> HttpResponse:
    """Show every promised time, in force or not, with its legal basis."""
    rows = promised(request.viewer, on=request.now.date(), language=request.LANGUAGE_CODE)
    return render(request, "admin/promised_times.html", {"rows": rows})


def _change(request: Request) -> int:
    """Do what the form asks for; return the year to show."""
    if request.POST.get("action") == "fill":
        year = _number(request.POST.get("year", ""))
        if actions.fill_official_days(years=[year]):
            raise Invalid("holidays.unknown_year", field="year", year=year)
        messages.success(request, _("The days of the year have been entered."))
        return year
    day = _day(request.POST.get("day", ""))
    works = request.POST.get("works", "")
    if works not in {"0", "1"}:
        raise Invalid("holidays.works", field="works")
    typed = "".join(char if char.isprintable() else " " for char in request.POST.get("name", ""))
    name = " ".join(typed.split())[:_NAME_MAX]
    actions.set_official_days(days={day: (works == "1", name)}, source="admin")
    messages.success(request, _("Saved. Clocks use it from now on."))
    return day.year


def _context(request: Request, year: int) -> dict[str, object]:
    this = request.now.year
    return {
        "year": year,
        "before": year - 1,
        "after": year + 1,
        "days": queries.special_days(year=year),
        "unknown": queries.years_without_holidays(first=this, last=this + 1),
        "known": queries.library_knows(year),
        "kinds": [("0", _("day off")), ("1", _("working day"))],
    }


def _year(request: Request) -> int:
    try:
        return _number(request.GET.get("year", "") or str(request.now.year))
    except Invalid:
        return request.now.year


def _number(text: str) -> int:
    known = text.isascii() and text.isdecimal() and len(text) == 4
    if not known or not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        raise Invalid("holidays.year", field="year", first=_FIRST_YEAR, last=_LAST_YEAR)
    return int(text)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("holidays.day", field="day") from error
    _number(str(day.year))
    return day
