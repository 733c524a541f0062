"""One sentence for each refusal code: what is wrong and what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onegrid.common.refusals import Refusal

TEXTS: dict[str, str | Promise] = {
    "not_found": _("This does not exist, or it is not within your area. Check the address or go back."),
    "forbidden": _("Your role does not allow this. Ask your community secretary if you need it."),
    "form.expired": _("This form is too old or came from another page. Go back, reload the page and send it again."),
}


def register(texts: dict[str, str | Promise]) -> None:
    """Add the sentences of an app.

    Raises:
        ValueError: a code is registered twice.
    """
    twice = TEXTS.keys() & texts.keys()
    if twice:
        raise ValueError(f"refusal codes registered twice: {sorted(twice)}")
    TEXTS.update(texts)


def text(refusal: Refusal) -> str:
    """Return the sentence for a refusal in the active language; unknown codes show the code."""
    template = TEXTS.get(refusal.code)
    return refusal.code if template is None else str(template) % refusal.params
