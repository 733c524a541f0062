"""The short way of a call: no session, no cookies, and every error in the words of the standard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy

from onegrid.accounts.viewer import Viewer
from onegrid.api import problems
from onegrid.api.entry import wanted_language
from onegrid.api.open311.formats import JSON, TYPES, XML, Told, answer
from onegrid.api.shell import refusal_of_status
from onegrid.common.refusal_texts import register, text
from onegrid.common.refusals import Forbidden, NotFound, Refusal, TooLarge

PREFIX = "/open311/"

register(
    {
        "open311.key": gettext_lazy(
            "api_key: it is missing, wrong, expired or withdrawn, or it may not report by Open311."
        ),
        "open311.jurisdiction": gettext_lazy(
            "jurisdiction_id: “%(given)s” was not found. Leave it out, or use %(known)s."
        ),
        "open311.no_service_code": gettext_lazy("service_code was not provided."),
        "open311.missing": gettext_lazy("%(name)s was not provided."),
        "open311.service": gettext_lazy(
            "service_code: “%(code)s” was not found. See the list of services."
        ),
        "open311.place": gettext_lazy(
            "A place is needed: lat and long, or address_string, or address_id."
        ),
        "open311.half_point": gettext_lazy("lat and long are needed together, as numbers."),
        "open311.address_id": gettext_lazy("address_id: there is no such address."),
        "open311.media_url": gettext_lazy(
            "media_url: an http or https address of at most 1,000 characters is needed."
        ),
        "open311.time": gettext_lazy(
            "%(name)s: a time with its zone is needed, such as 2026-03-02T09:00:00+08:00."
        ),
        "open311.span": gettext_lazy(
            "start_date and end_date: the first must be earlier, and at most %(days)s days apart."
        ),
        "open311.status": gettext_lazy("status: use open, closed or both."),
        "open311.page": gettext_lazy("%(name)s: a whole number from 1 to %(most)s is needed."),
        "open311.token": gettext_lazy("token: there is none like this."),
        "open311.idempotency": gettext_lazy("Idempotency-Key: a UUID is needed."),
        "open311.unstorable": gettext_lazy("%(name)s: this text cannot be stored."),
    }
)


class Open311Entry:
    """Serves addresses under `PREFIX` itself; it stands inside the county's transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        language = wanted_language(request)
        tenant_id: int = request.tenant_id  # type: ignore[attr-defined]
        request.viewer = Viewer.anonymous(tenant_id, language)  # type: ignore[attr-defined]
        with translation.override(language):
            response = _serve(request)
        response.headers["Content-Language"] = language
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        patch_vary_headers(response, ("Accept-Language",))
        return response


class StandardErrors:
    """Turns a page that tells of an error into errors of the standard; outside the transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIX) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type") in TYPES.values():
            return response
        language = wanted_language(request)
        with translation.override(language):
            told = refused(request, refusal_of_status(request, response.status_code))
        if "Retry-After" in response.headers:
            told.headers["Retry-After"] = response.headers["Retry-After"]
        told.headers["Content-Language"] = language
        told.headers["Cache-Control"] = "no-store"
        return told


def _serve(request: HttpRequest) -> HttpResponse:
    try:
        match = resolve(request.path_info)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return refused(request, NotFound("api.no_such_address"))
    except Refusal as refusal:
        return refused(request, refusal)
    except Exception as error:  # noqa: BLE001 - the last stop before the caller
        return refused(request, problems.refusal_of(request, error))
    if response.status_code == 405:
        wrong = refused(request, problems.WrongMethod("api.method", method=request.method))
        wrong.headers["Allow"] = response.headers.get("Allow", "")
        return wrong
    return response


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the errors of the standard: a list of codes with descriptions."""
    status = _status(refusal)
    content: list[dict[str, Any]] = [{"code": status, "description": text(refusal)}]
    form = XML if request.path_info.endswith(".xml") else JSON
    response = answer(Told("errors", content), form, status=status)
    if "seconds" in refusal.params:
        response.headers["Retry-After"] = str(refusal.params["seconds"])
    return response


def _status(refusal: Refusal) -> int:
    """Return the status the standard has: 400 for anything wrong in the request, 403 for keys."""
    if isinstance(refusal, (NotFound, Forbidden, TooLarge)) or refusal.status in {405, 429}:
        return refusal.status
    return refusal.status if refusal.status >= 500 else 400
