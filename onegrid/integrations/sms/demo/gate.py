"""The provider's gate, written apart from the client so that each checks the other."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from urllib.parse import parse_qsl, quote, urlsplit

_WINDOW = 15 * 60
_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
_MUST_BE_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}


class Turned(Exception):
    """The gate turns a request away, with HTTP status and code of the provider."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """Return the parameters of query and form together."""
        form = self.body.decode("utf-8", "replace") if self.body else ""
        query = urlsplit(self.target).query
        return dict(parse_qsl(query, True) + parse_qsl(form, True))


@dataclass(slots=True)
class Gate:
    """Checks date, nonce and signature of requests against one access key."""

    key_id: str
    secret: str = field(repr=False)
    _seen: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, call: Call, now: float) -> None:
        """Let a request pass.

        Args:
            now: seconds since 1970.

        Raises:
            Turned: with the provider's code.
        """
        found = _AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
        if found is None:
            raise Turned(400, "MissingAuthorization")
        key_id, names, signature = found.groups()
        signed = names.split(";")
        if not set(signed) >= _MUST_BE_SIGNED or not set(signed) <= call.headers.keys():
            raise Turned(400, "SignatureDoesNotMatch")
        if key_id != self.key_id:
            raise Turned(404, "InvalidAccessKeyId.NotFound")
        self._check_date(call.headers["x-acs-date"], now)
        if hashlib.sha256(call.body).hexdigest() != call.headers["x-acs-content-sha256"]:
            raise Turned(400, "SignatureDoesNotMatch")
        if not hmac.compare_digest(signature, self._signature(call, signed)):
            raise Turned(400, "SignatureDoesNotMatch")
        self._use(call.headers["x-acs-signature-nonce"], now)

    def _check_date(self, text: str, now: float) -> None:
        try:
            moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise Turned(400, "InvalidTimeStamp.Format") from error
        if abs(moment.timestamp() - now) > _WINDOW:
            raise Turned(400, "InvalidTimeStamp.Expired")

    def _signature(self, call: Call, names: list[str]) -> str:
        parts = urlsplit(call.target)
        pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
        lines = [
            call.method,
            parts.path or "/",
            "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in pairs),
            *(f"{name}:{call.headers[name].strip()}" for name in sorted(names)),
            "",
            ";".join(sorted(names)),
            call.headers["x-acs-content-sha256"],
        ]
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = f"ACS3-HMAC-SHA256\n{digest}".encode()
        return hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest()

    def _use(self, nonce: str, now: float) -> None:
        """Remember a nonce as long as its date could pass."""
        with self._lock:
            for old in [key for key, at in self._seen.items() if at < now - 2 * _WINDOW]:
                del self._seen[old]
            if nonce in self._seen:
                raise Turned(400, "SignatureNonceUsed")
            self._seen[nonce] = now


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
