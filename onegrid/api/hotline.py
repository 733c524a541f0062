"""Entry of the hotline 12345: one address, signed messages, answers as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from onegrid.api import problems
from onegrid.api.auth import Throttle
from onegrid.common.refusals import NotFound
from onegrid.exchange.actions import Taken, take_in
from onegrid.exchange.queries import access_of
from onegrid.exchange.terms import System
from onegrid.integrations.hotline12345 import adapter, schema, signing

_MOST_BYTES = 256_000

throttle = Throttle(lambda: settings.EXCHANGE_PER_MINUTE, code="exchange.throttled")


@csrf_exempt
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """Take one message of the hotline in; the same message again gets the same answer.

    Raises:
        Refusal: wrong signature (401), too many (429), too long (413), does not fit (422), id or
            number used before (409); nothing is kept.
    """
    if int(request.headers.get("Content-Length") or 0) > _MOST_BYTES:
        raise problems.BodyTooLarge("api.too_large")
    _check_signature(request)
    message = adapter.incoming(request.body)
    taken = take_in(message=message, now=request.now)  # type: ignore[attr-defined]
    return JsonResponse(_answer(taken), json_dumps_params={"ensure_ascii": False})


def _check_signature(request: HttpRequest) -> None:
    """Let a request pass that the county's hotline has signed just now.

    A repetition within the window does no harm: the same message gets the same answer.
    """
    access = access_of(System.HOTLINE)
    if access is None:
        raise problems.NotSignedIn("exchange.not_set_up")
    throttle.take(access.key_id, now=request.now)  # type: ignore[attr-defined]
    try:
        signing.verify(
            request.headers,
            key_id=access.key_id,
            secret=access.secret,
            method="POST",
            path=request.path,
            body=request.body,
            now=request.now,  # type: ignore[attr-defined]
        )
    except signing.BadSignature as error:
        raise problems.NotSignedIn("exchange.signature") from error


def _answer(taken: Taken) -> dict[str, Any]:
    answer: dict[str, Any] = {"outcome": taken.state, "again": taken.again}
    if taken.number:
        answer["number"] = taken.number
    if taken.error:
        answer["code"] = taken.error
    return answer


@require_GET
def published(request: HttpRequest, schema_name: str) -> HttpResponse:
    """Serve a schema, for whoever maps a hotline to it.

    Raises:
        NotFound: there is no such schema.
    """
    if schema_name not in schema.names():
        raise NotFound("api.no_such_address")
    text = json.dumps(schema.document(schema_name), ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type="application/schema+json; charset=utf-8")
