"""The short way of a call: no session, no cookies, no pages around it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real

from onegrid.accounts.viewer import Viewer
from onegrid.api import problems
from onegrid.common.refusals import NotFound, Refusal

PREFIX = "/api/v1/"
#: Addresses of programs, which say themselves who they are.
PREFIXES = (PREFIX, "/exchange/")


class ApiEntry:
    """Serves addresses under `PREFIXES` itself; it stands inside the county's transaction.

    Who calls is said by the bearer token alone, so there is nothing a foreign page could borrow and
    no need of CSRF tokens.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        language = wanted_language(request)
        tenant_id: int = request.tenant_id  # type: ignore[attr-defined]
        request.viewer = Viewer.anonymous(tenant_id, language)  # type: ignore[attr-defined]
        with translation.override(language):
            response = _serve(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response


def _serve(request: HttpRequest) -> HttpResponse:
    """Find the endpoint and call it; whatever happens ends in an answer."""
    try:
        match = resolve(request.path_info)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return problems.of_refusal(NotFound("api.no_such_address"))
    except Refusal as refusal:
        return problems.of_refusal(refusal)
    except Exception as error:  # noqa: BLE001 - the last stop before the caller
        return problems.unexpected(request, error)
    if (
        response.status_code == 405
        and response.headers.get("Content-Type") != problems.CONTENT_TYPE
    ):
        refused = problems.of_refusal(problems.WrongMethod("api.method", method=request.method))
        refused.headers["Allow"] = response.headers.get("Allow", "")
        return refused
    return response


def wanted_language(request: HttpRequest) -> str:
    """Return the best language of Accept-Language that the product speaks."""
    for code, _ in trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return translation.get_supported_language_variant("zh-hans")
