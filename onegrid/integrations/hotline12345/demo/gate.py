"""Checks and makes signatures, written apart from the product so that each checks the other."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

_LATE = 300


class Turned(Exception):
    """The gate turns a request away."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One key, known to the county and the hotline."""

    key_id: str
    secret: str = field(repr=False)

    def check(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Let a request of the county pass.

        Args:
            headers: by name in lower case.

        Raises:
            Turned: key, time or signature are wrong.
        """
        at, nonce = headers.get("x-exchange-time", ""), headers.get("x-exchange-nonce", "")
        if headers.get("x-exchange-key") != self.key_id or not at.isdigit():
            raise Turned("key")
        if abs(int(at) - time.time()) > _LATE:
            raise Turned("time")
        if not hmac.compare_digest(
            self._signature(path, at, nonce, body), headers.get("x-exchange-signature", "")
        ):
            raise Turned("signature")

    def headers(self, path: str, body: bytes) -> dict[str, str]:
        """Return the headers of a signed request to the county."""
        at, nonce = str(int(time.time())), uuid4().hex
        return {
            "X-Exchange-Key": self.key_id,
            "X-Exchange-Time": at,
            "X-Exchange-Nonce": nonce,
            "X-Exchange-Signature": self._signature(path, at, nonce, body),
            "Content-Type": "application/json",
        }

    def _signature(self, path: str, at: str, nonce: str, body: bytes) -> str:
        lines = f"ONEGRID-EXCHANGE-1\nPOST\n{path}\n{at}\n{nonce}\n"
        lines += hashlib.sha256(body).hexdigest()
        return hmac.digest(self.secret.encode(), lines.encode(), "sha256").hex()
