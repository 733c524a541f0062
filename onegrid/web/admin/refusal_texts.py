"""Sentences for the refusals of the administrators' pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register as add

TEXTS = {
    "holidays.year": _("Enter a year from %(first)s to %(last)s."),
    "holidays.day": _("Choose a day."),
    "holidays.works": _("Say whether people work on this day."),
    "holidays.unknown_year": _(
        "The library has no days for %(year)s yet. The State Council publishes them in November; "
        "enter them one by one."
    ),
}


def register() -> None:
    """Add the sentences; called once when the app is ready."""
    add(dict(TEXTS))
