"""Requests to addresses that people enter: resolved, looked at, and called at what was looked at.

An address inside this network is refused unless the operator has named its host in
``ONEGRID_PRIVATE_HOSTS``. The connection goes to the very address that was checked, so that a name
cannot change its meaning in between; redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

_MOST_BYTES = 64_000
_URL_MAX = 300

Resolve = Callable[[str, int], list[str]]


class Forbidden(ValueError):
    """The address may not be called; ``code`` is one of ``url``, ``unknown_host``, ``private``."""

    def __init__(self, code: str, host: str = "") -> None:
        super().__init__(f"{code} {host}")
        self.code = code
        self.host = host


class NotReached(Exception):
    """No whole answer came; the other side may have taken the request or not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, read up to a limit."""

    status: int
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError: it is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: where to connect, and what to say there."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def netloc(self) -> str:
        """Return the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def pinned(self) -> str:
        """Return the URL with the address that was checked instead of the name."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"


def checked(url: str, *, private_hosts: Collection[str] = (), look_up: Resolve = resolve) -> Target:
    """Return where a URL leads.

    Args:
        private_hosts: hosts that may be inside this network and may be called without encryption.

    Raises:
        Forbidden: not a plain HTTPS address, an unknown host, or one inside this network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Forbidden("url") from error
    host = (parts.hostname or "").lower()
    inside = host in private_hosts
    plain = not (parts.username or parts.password or parts.fragment) and url.isascii()
    right = parts.scheme == "https" or (inside and parts.scheme == "http")
    if not (host and plain and right and len(url) <= _URL_MAX and not set(url) & set(" \t\r\n\\")):
        raise Forbidden("url", host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, _address(host, port, inside, look_up))


def _address(host: str, port: int, inside: bool, look_up: Resolve) -> str:
    """Return the address to connect to; all addresses of the host must be allowed."""
    try:
        found = look_up(host, port)
    except (OSError, UnicodeError) as error:
        raise Forbidden("unknown_host", host) from error
    if not found:
        raise Forbidden("unknown_host", host)
    if not inside and not all(is_public(address) for address in found):
        raise Forbidden("private", host)
    return found[0]


def is_public(address: str) -> bool:
    """Tell whether an address lies in the public network, also when it is wrapped into IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if wrapped is not None:
            return is_public(str(wrapped))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast and not found.is_reserved


@dataclass(slots=True)
class Outgoing:
    """Sends requests to checked addresses; hard time limits, no proxies, no redirects."""

    private_hosts: Collection[str] = ()
    timeout: httpx.Timeout | None = None
    look_up: Resolve = resolve
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import httpx  # heavy: only where it is used

        timeout = self.timeout or httpx.Timeout(10.0, connect=4.0)
        self._http = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def check(self, url: str) -> Target:
        """Return where a URL leads.

        Raises:
            Forbidden: see `checked`.
        """
        return checked(url, private_hosts=self.private_hosts, look_up=self.look_up)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body to a URL.

        Raises:
            Forbidden: see `checked`; nothing was sent.
            NotReached: no connection, or no whole answer in time.
        """
        return self._send("POST", url, body, headers, _MOST_BYTES)

    def get(self, url: str, headers: Mapping[str, str], *, most: int = _MOST_BYTES) -> Reply:
        """Fetch what is at a URL, at most ``most`` bytes.

        Raises:
            Forbidden, NotReached: as `post`.
        """
        return self._send("GET", url, None, headers, most)

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> Reply:
        import httpx

        target = self.check(url)
        more: dict[str, Any] = {"sni_hostname": target.host}
        given = {**headers, "Host": target.netloc, "User-Agent": "onegrid"}
        try:
            with self._http.stream(
                method, target.pinned, content=body, headers=given, extensions=more
            ) as response:
                return Reply(response.status_code, _read(response, most))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotReached(type(error).__name__) from error


def _read(response: httpx.Response, most: int) -> bytes:
    import httpx

    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > most:
            raise httpx.DecodingError("answer too long")
    return body
