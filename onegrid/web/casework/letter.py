"""The reply letter of a case as PDF: a red head like official letters, marked as a reply."""

from __future__ import annotations

from pathlib import Path

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from onegrid.accounts.queries import county_name
from onegrid.cases.queries.letters import Letter
from onegrid.cases.terms import Channel, Result
from onegrid.common.paper import PaperMissing, pdf_of
from onegrid.common.refusal_texts import register
from onegrid.web.middleware import Request

register(
    {
        "letter.not_ended": gettext_lazy(
            "There is no reply to print yet: the case has not been answered."
        ),
    }
)

_STYLES = Path(__file__).resolve().parent.parent / "static" / "onegrid" / "letter.css"
_NUMERALS = "一二三四五六七八九十"


def sent(request: Request, letter: Letter) -> HttpResponse:
    """Send a letter as PDF, or say what the server lacks for it."""
    try:
        body = pdf_of(page_of(request, letter), styles=_STYLES)
    except PaperMissing as missing:
        words = _("Letters cannot be made on this server: %(packages)s are missing.")
        told = words % {"packages": ", ".join(missing.packages)}
        return render(request, "errors/refused.html", {"message": told}, status=503)
    response = HttpResponse(body, "application/pdf")
    response["Content-Disposition"] = f'inline; filename="{letter.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def page_of(request: Request, letter: Letter) -> str:
    """Return the letter as a page, in the language of its case."""
    with override(letter.language):
        return render_to_string("letters/reply.html", _words(request, letter))


def _words(request: Request, letter: Letter) -> dict[str, object]:
    status = request.build_absolute_uri(reverse("public:lookup")) + f"?number={letter.number}"
    numbered = [
        (_numeral(n, letter.language), part) for n, part in enumerate(letter.parts, start=1)
    ]
    return {
        "letter": letter,
        "parts": numbered,
        "opened": localtime(letter.opened_at).date(),
        "replied": localtime(letter.replied_at).date(),
        "channel": Channel(letter.channel).label,
        "result": Result(letter.result).label if letter.result else "",
        "sender": letter.unit or county_name(),
        "county": county_name(),
        "qr": segno.make(status, error="m").png_data_uri(scale=6, border=1),
        "language": letter.language,
    }


def _numeral(n: int, language: str) -> str:
    chinese = language.startswith("zh") and n <= len(_NUMERALS)
    return _NUMERALS[n - 1] if chinese else str(n)
