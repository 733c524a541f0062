"""Answer what went wrong as RFC 9457 problem+json, in the language the caller asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from onegrid.common.refusal_texts import register, text
from onegrid.common.refusals import Forbidden, NotFound, Refusal

_log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
#: When to ask again while the database restarts; a restart takes about this long.
BACK_SECONDS = 5

register(
    {
        "api.token": gettext_lazy(
            "Send a valid token: Authorization: Bearer … It may be wrong, expired or withdrawn."
        ),
        "api.scope": gettext_lazy("This token lacks the scope “%(scope)s”."),
        "api.throttled": gettext_lazy(
            "Too many requests with this token. Wait %(seconds)s seconds and send it again."
        ),
        "api.on_behalf": gettext_lazy("Only staff may open a case on somebody's behalf."),
        "api.unreadable": gettext_lazy("The body is not JSON that can be read."),
        "api.parameter": gettext_lazy("There is no such parameter. See the description."),
        "api.too_large": gettext_lazy("The body is larger than one megabyte."),
        "api.no_such_address": gettext_lazy("There is nothing at this address."),
        "api.method": gettext_lazy("This address does not know the method %(method)s."),
        "api.unavailable": gettext_lazy(
            "The database is restarting. Nothing was changed; send the same request again."
        ),
        "api.failed": gettext_lazy(
            "Something broke here; nothing was changed. It has been logged."
        ),
    }
)

_TITLES: Mapping[int, str | Promise] = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("Not signed in"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Not possible here"),
    409: gettext_lazy("Not possible now"),
    413: gettext_lazy("Too large"),
    422: gettext_lazy("Something in the request does not fit"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Failed"),
    503: gettext_lazy("Not available for a moment"),
}

_TIME = gettext_lazy("This must be a time with its zone, such as 2026-03-02T09:00:00+08:00.")

#: What a value that does not fit its type is told, by the first word of the validator's code.
_MISFITS: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("This is needed."),
    "extra": gettext_lazy("There is no such field."),
    "enum": gettext_lazy("Choose one of the values named in the description of the interface."),
    "literal": gettext_lazy("Choose one of the values named in the description of the interface."),
    "uuid": gettext_lazy("This is not a UUID."),
    "int": gettext_lazy("This must be a whole number."),
    "float": gettext_lazy("This must be a number."),
    "finite": gettext_lazy("This must be a number."),
    "bool": gettext_lazy("This must be true or false."),
    "string": gettext_lazy("This must be a text that can be stored."),
    "date": gettext_lazy("This must be a date such as 2026-03-02."),
    "datetime": gettext_lazy(
        "This must be a time with its zone, such as 2026-03-02T09:00:00+08:00."
    ),
    "timezone": gettext_lazy(
        "This must be a time with its zone, such as 2026-03-02T09:00:00+08:00."
    ),
    "less": gettext_lazy("This number is too large."),
    "greater": gettext_lazy("This number is too small."),
    "too": gettext_lazy("This list is too long or too short."),
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem; ``code`` is stable, ``detail`` is for people."""
    body: dict[str, Any] = {
        "type": f"urn:onegrid:problem:{code}",
        "title": str(_TITLES.get(status, _TITLES[400])),
        "status": status,
        "detail": detail,
        "code": code,
        "field": field,
    }
    if errors:
        body["errors"] = list(errors)
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return the problem of a typed refusal."""
    headers = {}
    if refusal.status == 429:
        headers["Retry-After"] = str(refusal.params.get("seconds", 60))
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="onegrid"'
    if refusal.status == 503:
        headers["Retry-After"] = str(BACK_SECONDS)
    return problem(
        refusal.status, refusal.code, text(refusal), field=refusal.field, headers=headers
    )


class NotSignedIn(Refusal):
    """Refuse because no valid token came along."""

    status = 401


class Unreadable(Refusal):
    """Refuse a body that cannot be read."""

    status = 400


class BodyTooLarge(Refusal):
    """Refuse a body over the limit."""

    status = 413


class Failed(Refusal):
    """Say that the product itself failed."""

    status = 500


class Unavailable(Refusal):
    """Say that the database is not there for a moment."""

    status = 503


class WrongMethod(Refusal):
    """Refuse a method that an address does not know."""

    status = 405


def install(api: NinjaAPI) -> None:
    """Let every way of going wrong end in a problem."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: lambda request, error: of_refusal(error),
        ValidationError: lambda request, error: _misfit(error),
        AuthenticationError: lambda request, error: of_refusal(NotSignedIn("api.token")),
        HttpError: lambda request, error: _http(error),
        Http404: lambda request, error: of_refusal(NotFound("api.no_such_address")),
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what nobody foresaw; the log has the details, the caller gets none."""
    return of_refusal(refusal_of(request, error))


def refusal_of(request: HttpRequest, error: Exception) -> Refusal:
    """Return what a caller is told of an error nobody foresaw; the log has the details."""
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge("api.too_large")
    if isinstance(error, UnreadablePostError):
        return Unreadable("api.unreadable")
    if isinstance(error, (OperationalError, InterfaceError)):
        return Unavailable("api.unavailable")
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return Failed("api.failed")


def _http(error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return of_refusal(Unreadable("api.unreadable"))
    if error.status_code == 403:
        return of_refusal(Forbidden("forbidden"))
    return problem(error.status_code, "api.refused", str(error))


def _misfit(error: ValidationError) -> HttpResponse:
    """Return one problem that names every field that does not fit; the first one stands on top."""
    errors = [
        {"field": _field(item["loc"]), "code": item["type"], "detail": _sentence(item["type"])}
        for item in error.errors[:50]
    ]
    first = errors[0]
    return problem(
        422, f"api.{first['code']}", first["detail"], field=first["field"], errors=errors
    )


def _field(loc: Sequence[str | int]) -> str:
    """Return the path of a value as the caller wrote it: ``place.lon``, ``Idempotency-Key``."""
    where = list(loc[2:] if loc and loc[0] == "body" else loc[1:])
    return ".".join(str(part) for part in where) or str(loc[0] if loc else "body")


def _sentence(code: str) -> str:
    known = _MISFITS.get(code.split("_", 1)[0])
    return str(known) if known is not None else gettext("This value does not fit.")
