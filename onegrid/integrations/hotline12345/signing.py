"""Signature of a request: HMAC-SHA256 over method, path, time, nonce and body.

Documented for the other side in ``docs/operate/hotline.md``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

KEY, TIME, NONCE, SIGNATURE = (
    "X-Exchange-Key",
    "X-Exchange-Time",
    "X-Exchange-Nonce",
    "X-Exchange-Signature",
)
#: A request may be so many seconds off.
WINDOW = 300
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


class BadSignature(Exception):
    """The request does not come from who it says, or not just now."""


def text_to_sign(*, method: str, path: str, time: str, nonce: str, body: bytes) -> bytes:
    """Return the lines that are signed."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("ONEGRID-EXCHANGE-1", method.upper(), path, time, nonce, digest)).encode()


def sign(secret: str, text: bytes) -> str:
    """Return the signature as 64 hexadecimal digits."""
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def headers(
    *, key_id: str, secret: str, method: str, path: str, body: bytes, nonce: str, now: datetime
) -> dict[str, str]:
    """Return the headers of a signed request.

    Args:
        path: of the address, without host and query.
        nonce: never used before; 16 to 64 letters, digits, ``_`` or ``-``.
    """
    time = str(int(now.timestamp()))
    text = text_to_sign(method=method, path=path, time=time, nonce=nonce, body=body)
    return {KEY: key_id, TIME: time, NONCE: nonce, SIGNATURE: sign(secret, text)}


def verify(
    given: Mapping[str, str],
    *,
    key_id: str,
    secret: str,
    method: str,
    path: str,
    body: bytes,
    now: datetime,
) -> None:
    """Let a request pass that is rightly signed.

    Raises:
        BadSignature: key, time, nonce or signature are wrong or missing.
    """
    time, nonce = given.get(TIME, ""), given.get(NONCE, "")
    known = hmac.compare_digest(given.get(KEY, "").encode(), key_id.encode())
    on_time = re.fullmatch(r"\d{1,12}", time) and abs(int(time) - now.timestamp()) <= WINDOW
    if not known or not on_time or not _NONCE.fullmatch(nonce):
        raise BadSignature
    text = text_to_sign(method=method, path=path, time=time, nonce=nonce, body=body)
    if not hmac.compare_digest(sign(secret, text).encode(), given.get(SIGNATURE, "").encode()):
        raise BadSignature
