"""The first page and the page that says what this system does not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext
from django.views.decorators.http import require_safe

from onegrid.cases.queries.public import Promise, figures, promises
from onegrid.cases.terms import PHASE_LABELS, CaseClass
from onegrid.core.clock import Phase
from onegrid.web.middleware import Request

#: Minutes of each unit, largest first, with its name.
_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (7 * 24 * 60, lambda n: npgettext("promised time", "week", "weeks", n)),
    (24 * 60, lambda n: npgettext("promised time", "day", "days", n)),
    (60, lambda n: npgettext("promised time", "hour", "hours", n)),
    (1, lambda n: npgettext("promised time", "minute", "minutes", n)),
)


@dataclass(frozen=True, slots=True)
class Promised:
    """A promised time in figures and words."""

    case_class: str
    number: int
    unit: str
    title: str
    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class LoopStep:
    """One of the five steps of the closed loop."""

    label: str
    icon: str
    text: str


_TITLES = {
    CaseClass.GENERAL: gettext_lazy("General matters: solved"),
    CaseClass.MAJOR: gettext_lazy("Major matters: solved"),
    CaseClass.COMPLEX: gettext_lazy("Complex matters: a plan"),
    "": gettext_lazy("By law in any case"),
}
_TEXTS = {
    CaseClass.GENERAL: gettext_lazy("A lamp, litter, a blocked gate. Counted in hours of duty."),
    CaseClass.MAJOR: gettext_lazy("Water, power, heating, sewers, lifts. Every hour counts."),
    CaseClass.COMPLEX: gettext_lazy("Several units, old disputes. A plan with dates and names."),
    "": gettext_lazy("Settled, or explained with a plan."),
}
_LOOP = {
    Phase.DISCOVER: ("megaphone", gettext_lazy("You report it, or the grid worker sees it.")),
    Phase.ASSESS: ("search", gettext_lazy("A person reads it and asks if something is missing.")),
    Phase.CLASSIFY: ("send", gettext_lazy("It gets a class, a promised time and a unit.")),
    Phase.DISPOSE: ("wrench", gettext_lazy("The unit signs for it, calls you and settles it.")),
    Phase.FEEDBACK: (
        "circle-check",
        gettext_lazy("It is checked, and you say whether it is solved."),
    ),
}


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the report button, the promises, the way of a request and public counts."""
    today = localtime(request.now).date()
    said = [_promised(row) for row in promises(on=today)]
    context = {
        "promised": [row for row in said if row.case_class],
        "legal": next((row for row in said if not row.case_class), None),
        "loop": [_loop_step(phase) for phase in Phase],
        "figures": figures(now=request.now),
    }
    return render(request, "public/home.html", context)


def _loop_step(phase: Phase) -> LoopStep:
    icon, text = _LOOP[phase]
    return LoopStep(str(PHASE_LABELS[phase]), icon, str(text))


def _promised(row: Promise) -> Promised:
    number, unit = _amount(row)
    return Promised(
        case_class=row.case_class,
        number=number,
        unit=unit,
        title=str(_TITLES[row.case_class]),
        text=str(_TEXTS[row.case_class]),
        basis=row.basis,
    )


def _amount(row: Promise) -> tuple[int, str]:
    """Return a promise in its largest whole unit."""
    if row.working_days:
        return row.working_days, npgettext(
            "promised time", "working day", "working days", row.working_days
        )
    minutes = row.minutes or 0
    size, name = next(item for item in _UNITS if minutes % item[0] == 0)
    return minutes // size, name(minutes // size)


@require_safe
def limits(request: Request) -> HttpResponse:
    """Say what this system does not do; only what holds for the pages that stand."""
    return render(request, "public/limits.html", {"groups": _limits()})


def _limits() -> list[tuple[str, str, list[str]]]:
    return [
        (
            "siren",
            _("Not for emergencies"),
            [
                _("Danger to life: call 110, 119 or 120. This page cannot send help by itself."),
                _("It decides nothing that a court, an arbitrator or a review has before it."),
            ],
        ),
        (
            "eye-off",
            _("No watching and no scoring of people"),
            [
                _("It gives no resident a score, a rank or a rating; there is no field for it."),
                _("It recognises no faces, gaits or voices and stores no video."),
                _("Grid workers are not tracked: no routes, no check-in, no points."),
            ],
        ),
        (
            "lock",
            _("Your data"),
            [
                _("An anonymous report stores no account, no network address and no device."),
                _("Place and time data inside photos are removed before they are kept."),
                _("Your phone number is opened only for an open request; you see who opened it."),
                _("Nothing is loaded from other sites: no advertising, no counting of visitors."),
            ],
        ),
        (
            "scale",
            _("No decision without a person"),
            [
                _("Words in your text may suggest a category; a person confirms it."),
                _("Every refusal names its reason and can be appealed; the phone 12345 is equal."),
                _("A closed request can be reopened for 30 days, once without any condition."),
                _("Whoever a complaint is about neither sees nor handles it."),
                _("Public figures below five are not shown."),
            ],
        ),
    ]
