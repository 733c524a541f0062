"""Client of Aliyun SMS (Dysmsapi, version 2017-05-25): SendSms and QuerySendDetails over HTTPS.

Written on httpx instead of the official SDK: that one brings 29 packages and 68 MB (aiohttp, a
scheduler, two HTTP stacks) for two calls. Requests of the SDK were checked against the demo twin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from onegrid.integrations.sms.signing import Credentials, canonical_query, signed_headers

if TYPE_CHECKING:
    import httpx

VERSION = "2017-05-25"
_MOST_BYTES = 256_000
_PAGE = 50
_MOST_PAGES = 10
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class EndpointForbidden(ValueError):
    """Raised when the configured endpoint is not on the list of hosts that may be called."""


class ProviderError(Exception):
    """The provider answered, and the answer is no.

    Attributes:
        code: the provider's code, e.g. ``isv.MOBILE_NUMBER_ILLEGAL``.
        status: HTTP status of the answer.
    """

    def __init__(self, code: str, status: int) -> None:
        super().__init__(f"{code} ({status})")
        self.code = code
        self.status = status


class NotSent(Exception):
    """No connection came about: the provider cannot have seen the request."""


class NoAnswer(Exception):
    """The request may have arrived; the answer did not, or makes no sense."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken a message."""

    biz_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One message the provider knows; ``status`` is 1 waiting, 2 failed, 3 delivered."""

    out_id: str
    status: int
    template_code: str
    error: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the service is; checked against the allowed hosts (no request leaves before that)."""

    url: str
    host: str

    @classmethod
    def checked(cls, url: str, allowed_hosts: Collection[str]) -> Endpoint:
        """Return the endpoint of a URL.

        Raises:
            EndpointForbidden: other scheme than HTTPS (HTTP only on this machine), a host that is
                not listed, or anything besides scheme, host and port.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        encrypted = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
        if not (bare and encrypted and host and host in allowed_hosts):
            raise EndpointForbidden(f"SMS endpoint {parts.scheme}://{host} is not allowed")
        return cls(url=f"{parts.scheme}://{parts.netloc}/", host=parts.netloc)


def _new_nonce() -> str:
    return uuid4().hex


@dataclass(slots=True)
class SmsClient:
    """Talks to the provider; one connection pool, no proxies, no redirects, hard time limits."""

    endpoint: Endpoint
    credentials: Credentials
    sign_name: str
    timeout: httpx.Timeout | None = None
    nonce: Callable[[], str] = _new_nonce
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import httpx  # heavy: only where it is used

        timeout = self.timeout or httpx.Timeout(8.0, connect=3.0)
        self._http = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send_sms(
        self,
        *,
        phone: str,
        template_code: str,
        params: Mapping[str, str],
        out_id: str,
        now: datetime,
    ) -> Receipt:
        """Send one message.

        The provider does not look at ``out_id``: two calls are two messages.

        Raises:
            ProviderError, NotSent, NoAnswer: see there.
        """
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": phone,
                "SignName": self.sign_name,
                "TemplateCode": template_code,
                "TemplateParam": json.dumps(dict(params), ensure_ascii=False),
                "OutId": out_id,
            },
            now,
        )
        return Receipt(str(answer.get("BizId", "")), str(answer.get("RequestId", "")))

    def sent_to(self, *, phone: str, day: date, now: datetime) -> Iterator[Detail]:
        """Yield what went to a number on a day (date in China), newest first.

        Raises:
            ProviderError, NotSent, NoAnswer: see there.
        """
        for page in range(1, _MOST_PAGES + 1):
            answer = self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": phone,
                    "SendDate": day.strftime("%Y%m%d"),
                    "PageSize": str(_PAGE),
                    "CurrentPage": str(page),
                },
                now,
            )
            details = _details(answer)
            yield from details
            if len(details) < _PAGE:
                return

    def _call(self, action: str, params: Mapping[str, str], now: datetime) -> dict[str, Any]:
        query = canonical_query(params)
        headers = signed_headers(
            credentials=self.credentials,
            host=self.endpoint.host,
            action=action,
            version=VERSION,
            query=query,
            nonce=self.nonce(),
            now=now,
        )
        status, body = self._exchange(f"{self.endpoint.url}?{query}", headers)
        return _understood(status, body)

    def _exchange(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        import httpx

        try:
            with self._http.stream("POST", url, headers=headers) as response:
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise NoAnswer("answer too long")
                return response.status_code, body
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from error


def _understood(status: int, body: bytes) -> dict[str, Any]:
    """Return the answer when it says OK."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise NoAnswer(f"HTTP {status}, not JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("Code"), str):
        raise NoAnswer(f"HTTP {status}, no code")
    if status != 200 or answer["Code"] != "OK":
        raise ProviderError(answer["Code"], status)
    return answer


def _details(answer: Mapping[str, Any]) -> list[Detail]:
    try:
        rows = answer["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
        return [
            Detail(
                out_id=str(row.get("OutId", "")),
                status=int(row.get("SendStatus", 1)),
                template_code=str(row.get("TemplateCode", "")),
                error=str(row.get("ErrCode", "")),
            )
            for row in rows
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoAnswer("details not understood") from error
