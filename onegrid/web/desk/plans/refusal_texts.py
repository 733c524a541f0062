"""Sentences for what is wrong with the shape of a form of plans."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "plan_form.number": _("Write a whole number from %(least)s on, in digits."),
        "plan_form.missing": _("Choose or write something here."),
        "plan_form.day": _("Choose a day."),
    }
)
