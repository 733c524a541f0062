"""What a browser has shown without an account: receipt numbers with query code, the last receipt.

Both lie in signed cookies of the browser and not in the session row, so that nothing on the server
links an anonymous request with an account that happens to be signed in.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

MOST = 8
_PREFIX = "__Host-" if settings.HTTPS else ""
_SHOWN, _RECEIPT = f"{_PREFIX}shown", f"{_PREFIX}receipt"
_DAY = 86_400


def shown_cases(request: HttpRequest) -> tuple[UUID, ...]:
    """Return the cases whose number and query code this browser has shown in the last day."""
    return tuple(UUID(part) for part in _read(request, _SHOWN).split())


def remember_case(request: HttpRequest, response: HttpResponse, case_id: UUID) -> None:
    """Remember that number and query code of a case were shown; the oldest of many goes."""
    others = [item for item in shown_cases(request) if item != case_id]
    kept = [case_id, *others][:MOST]
    _write(response, _SHOWN, " ".join(str(item) for item in kept))


def receipt_key(request: HttpRequest) -> UUID | None:
    """Return the idempotency key of the report this browser has sent last, within a day."""
    found = _read(request, _RECEIPT)
    return UUID(found) if found else None


def remember_receipt(response: HttpResponse, key: UUID) -> None:
    """Remember the key of the report that was just sent."""
    _write(response, _RECEIPT, str(key))


def _read(request: HttpRequest, name: str) -> str:
    try:
        return request.get_signed_cookie(name, default="", salt=name, max_age=_DAY) or ""
    except BadSignature:
        return ""


def _write(response: HttpResponse, name: str, value: str) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=name,
        max_age=_DAY,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
