"""The outermost layer of the interface: no caller ever gets a page for an error."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from onegrid.api import problems
from onegrid.api.entry import wanted_language
from onegrid.common.refusals import Forbidden, NotFound, Refusal

#: Below this address everything but the reference page itself is for programs.
ROOT = "/api/"
EXCHANGE = "/exchange/"


class ProblemsOnly:
    """Turns a page that tells of an error into a problem; it stands outside the transaction.

    What goes wrong before an endpoint is found (no database, no county, no such address, a host
    name that is not served) is answered with a page by the layers that all addresses share.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        path = request.path_info
        if not path.startswith((ROOT, EXCHANGE)) or path == ROOT or response.status_code < 400:
            return response
        if response.headers.get("Content-Type") == problems.CONTENT_TYPE:
            return response
        language = wanted_language(request)
        with translation.override(language):
            told = problems.of_refusal(refusal_of_status(request, response.status_code))
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                told.headers.setdefault(name, response.headers[name])
        told.headers["Content-Language"] = language
        told.headers["Cache-Control"] = "no-store"
        return told


def refusal_of_status(request: HttpRequest, status: int) -> Refusal:
    """Return what a status says to a program."""
    known: dict[int, Refusal] = {
        403: Forbidden("forbidden"),
        404: NotFound("api.no_such_address"),
        405: problems.WrongMethod("api.method", method=request.method),
        413: problems.BodyTooLarge("api.too_large"),
        503: problems.Unavailable("api.unavailable"),
    }
    if status in known:
        return known[status]
    return problems.Failed("api.failed") if status >= 500 else problems.Unreadable("api.unreadable")
