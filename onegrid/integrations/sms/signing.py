"""Request signature of Alibaba Cloud, version 3 (ACS3-HMAC-SHA256), for requests without a body.

Source: "Request syntax and signature method V3", help.aliyun.com; the published example is a test.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Access key of an account."""

    key_id: str
    secret: str = field(repr=False)


def canonical_query(params: Mapping[str, str]) -> str:
    """Return the query string as it is signed and sent: sorted, RFC 3986 encoded."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(params[name], safe='~')}" for name in sorted(params)
    )


def signed_headers(
    *,
    credentials: Credentials,
    host: str,
    action: str,
    version: str,
    query: str,
    nonce: str,
    now: datetime,
) -> dict[str, str]:
    """Return the headers of a POST without body, ``Authorization`` included.

    Args:
        host: as in the Host header, with the port unless it is the usual one.
        query: outcome of `canonical_query`.
        nonce: never used before; the provider refuses a second use.
        now: the provider refuses a request more than 15 minutes off.
    """
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{empty}"
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    who = f"Credential={credentials.key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": f"{ALGORITHM} {who}"}
