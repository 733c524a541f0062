"""Sentences for what the public pages refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "verdict.answered": _("Say whether you got an answer."),
        "report.who": _("Choose how we shall know you, or stay anonymous."),
        "report.signed_out": _(
            "You are not signed in any more. Sign in again, or choose another way."
        ),
        "report.phone_missing": _("Enter a phone number, or choose to stay anonymous."),
        "report.name_too_long": _("The name is longer than %(most)s characters. Shorten it."),
        "report.photo_gone": _(
            "A photo or voice note was kept for a day and is gone. Add it again; the rest is here."
        ),
        "report.incomplete": _(
            "This page was open for too long and the report is incomplete. "
            "Please fill in what is missing."
        ),
    }
)
