"""Authenticator codes (RFC 6238: HMAC-SHA1, 30 seconds, 6 digits)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP = 30


def code(secret: str, at: float) -> str:
    """Return the code of a base32 secret at a moment (seconds since 1970)."""
    plain = secret.replace(" ", "").upper()
    key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // STEP), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def seconds_left(at: float) -> int:
    """Return how long the code of a moment is still shown."""
    return STEP - int(at) % STEP
