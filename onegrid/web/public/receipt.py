"""The receipt of the report that was just sent, and its QR code."""

from __future__ import annotations

import io

import segno
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from onegrid.cases.actions import Receipt
from onegrid.cases.queries.reporter import case_of_reporter, receipt_of
from onegrid.common.refusals import NotFound
from onegrid.core.clock import ClockKind
from onegrid.core.triage import safety_words
from onegrid.web.middleware import Request
from onegrid.web.pictures import picture
from onegrid.web.shown import receipt_key

_PROMISED = (ClockKind.SOLUTION, ClockKind.PLAN)


def _receipt(request: Request) -> Receipt | None:
    key = receipt_key(request)
    return None if key is None else receipt_of(key=key)


@require_safe
def receipt(request: Request) -> HttpResponse:
    """Show number, query code and the promised time; only to the browser that sent the report."""
    found = _receipt(request)
    if found is None:
        return redirect("public:report")
    view = case_of_reporter(request.viewer, case_id=found.case_id, now=request.now)
    context = {
        "receipt": found,
        "view": view,
        "case": view.case,
        "promises": [clock for clock in view.clocks if clock.kind in _PROMISED],
        "danger": safety_words(view.case.text),
    }
    response = render(request, "public/receipt.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def qr(request: Request) -> HttpResponse:
    """Send the QR code of the look-up page with the number; the query code stands after ``#``.

    What follows ``#`` stays in the browser: it is in no address the server sees or writes down.
    """
    found = _receipt(request)
    if found is None:
        raise NotFound
    page = request.build_absolute_uri(reverse("public:lookup"))
    tail = f"#{found.token}" if found.token else ""
    code = segno.make(f"{page}?number={found.number}{tail}", error="m")
    out = io.BytesIO()
    code.save(out, kind="svg", scale=4, border=2, dark="#15302c", light="#ffffff", xmldecl=True)
    return picture(out.getvalue(), "image/svg+xml")
