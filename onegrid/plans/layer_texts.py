"""Sentences for refusals of layers, of the question who is responsible, and of siting."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "responsible.where": _("Choose a building, or a place on the map."),
        "responsible.day": _("This is no day. Write year, month and day, for example 2026-03-01."),
    }
)
