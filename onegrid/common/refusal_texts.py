"""One sentence for each refusal code: what is wrong and what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onegrid.common.refusals import Refusal

TEXTS: dict[str, str | Promise] = {
    "not_found": _(
        "This does not exist, or it is not within your area. Check the address or go back."
    ),
    "forbidden": _("Your role does not allow this. Ask your community secretary if you need it."),
    "form.expired": _(
        "This form is too old or came from another page. Go back, reload the page and send it again."
    ),
    "media.empty": _("The file is empty. Choose it again."),
    "media.too_large": _("The file is larger than %(megabytes)s MB. Choose a smaller one."),
    "media.too_many_pixels": _(
        "The picture has more than %(megapixels)s million pixels. Send a smaller copy of it."
    ),
    "media.not_an_image": _("This file is not a photo. Choose a JPEG, PNG or WebP picture."),
    "media.heic": _(
        "This photo is in the HEIC format, which cannot be read here. Choose the most compatible "
        "format in your camera's settings, or send a screenshot of the photo."
    ),
    "media.not_a_voice_note": _(
        "This file is not a voice note. Record it here, or send MP3 or M4A."
    ),
    "media.damaged": _("The file is damaged or incomplete. Take the photo or record it again."),
    "media.pdf_damaged": _(
        "This PDF cannot be read. Scan the letter again, as PDF or as pictures."
    ),
    "media.pdf_pages": _(
        "The letter has more than %(most)s pages. Send the rest as a second file."
    ),
    "media.no_pdf": _(
        "PDF files cannot be read on this server (poppler-utils is missing). Send pictures instead."
    ),
    "files.no_space": _(
        "The file could not be kept because storage is full. Send it without the file, or try later."
    ),
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
