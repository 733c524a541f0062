"""Sentences for refusals of layers, drafts and adoption."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "draft.not_found": _("There is no such draft, or it belongs to another street."),
    }
)
