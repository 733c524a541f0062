"""The twin on a socket: the provider's address, the demo phone, and orders to misbehave."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from onegrid.integrations.sms.demo import page
from onegrid.integrations.sms.demo.gate import Call, Gate, Turned
from onegrid.integrations.sms.demo.provider import Declined, Provider, Reply
from onegrid.integrations.twin_http import LocalHandler, LocalServer

_ORDERS = {"late", "error500", "lost", "duplicate", "throttled"}
_MOST_BYTES = 100_000
_SHOWN = 100


class Lost(Exception):
    """The message was taken, but the answer shall not arrive."""


@dataclass(slots=True)
class Twin:
    """Everything the twin consists of.

    Attributes:
        clock: seconds since 1970.
        orders: misbehaviour for the next calls of SendSms, first come first served; ``late:3``
            answers after 3 seconds.
    """

    gate: Gate
    provider: Provider
    authenticators: Path | None = None
    clock: Callable[[], float] = time.time
    orders: deque[str] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def order(self, orders: list[str]) -> None:
        """Take orders to misbehave.

        Raises:
            ValueError: an order that the twin does not know.
        """
        for text in orders:
            name, _, seconds = text.partition(":")
            if name not in _ORDERS or (seconds and not 0 <= float(seconds) <= 60):
                raise ValueError(text)
        self.orders.extend(orders)

    def answer(self, call: Call) -> tuple[int, Reply]:
        """Answer a call as the provider would.

        Raises:
            Lost: the connection shall be cut without an answer.
        """
        request_id = str(uuid4()).upper()
        try:
            self.gate.check(call, self.clock())
            status, reply = self._act(call)
        except Turned as turned:
            status, reply = turned.status, {"Code": turned.code, "Message": turned.code}
        except Declined as declined:
            status, reply = 200, {"Code": declined.code, "Message": declined.code}
        return status, {"RequestId": request_id, **reply}

    def _act(self, call: Call) -> tuple[int, Reply]:
        action = call.headers["x-acs-action"]
        if call.headers["x-acs-version"] != "2017-05-25":
            raise Turned(404, "InvalidVersion")
        if action == "QuerySendDetails":
            return 200, {"Code": "OK", "Message": "OK", **self.provider.details(call.params)}
        if action != "SendSms":
            raise Turned(404, "InvalidAction.NotFound")
        return self._send(call)

    def _send(self, call: Call) -> tuple[int, Reply]:
        name, _, seconds = self._next_order().partition(":")
        if name == "late":
            time.sleep(float(seconds or 1))
        if name == "error500":
            raise Turned(500, "InternalError")
        if name == "throttled":
            raise Declined("isv.BUSINESS_LIMIT_CONTROL")
        with self._lock:
            copies = 2 if name == "duplicate" else 1
            reply = self.provider.send(call.params, now=self.clock(), copies=copies)
        if name == "lost":
            raise Lost
        return 200, {"Code": "OK", "Message": "OK", **reply}

    def _next_order(self) -> str:
        with self._lock:
            return self.orders.popleft() if self.orders else ""

    def phone(self, *, still: bool) -> str:
        """Return the page of the demo phone."""
        messages = self.provider.store.newest(_SHOWN)
        people = page.accounts(self.authenticators)
        return page.render(messages, people, now=self.clock(), still=still)


class Server(LocalServer):
    """Loopback server of a twin."""

    def __init__(self, twin: Twin, port: int) -> None:
        """Bind a port of this machine; 0 takes a free one."""
        super().__init__(("127.0.0.1", port), Handler)
        self.twin = twin


class Handler(LocalHandler):
    """HTTP in, HTTP out."""

    server: Server
    form_action = "'none'"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve the phone and its style sheet."""
        parts = urlsplit(self.path)
        still = "still" in parse_qs(parts.query)
        if not self.is_local():
            self.reply(403, "text/plain", b"this machine only\n")
        elif parts.path == "/":
            body = self.server.twin.phone(still=still).encode()
            self.reply(200, "text/html; charset=utf-8", body, refresh=not still)
        elif parts.path == "/style.css":
            self.reply(200, "text/css; charset=utf-8", page.STYLE)
        else:
            self.reply(404, "text/plain", b"not found\n")

    def do_POST(self) -> None:
        """Take a call of the provider's API, or an order."""
        length = int(self.headers.get("content-length") or 0)
        if not 0 <= length <= _MOST_BYTES or not self.is_local():
            self.reply(403, "text/plain", b"refused\n")
            return
        body = self.rfile.read(length)
        if urlsplit(self.path).path == "/control":
            self._control(body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            status, reply = self.server.twin.answer(Call("POST", self.path, headers, body))
        except Lost:
            self.close_connection = True
            return
        self.reply(status, "application/json;charset=utf-8", json.dumps(reply).encode())

    def _control(self, body: bytes) -> None:
        """Take ``{"next": ["lost", "late:3"]}``; the header keeps pages of other sites out."""
        try:
            if self.headers.get("x-demo-control") != "1":
                raise ValueError("header x-demo-control is missing")
            self.server.twin.order(list(json.loads(body)["next"]))
        except (ValueError, KeyError, TypeError) as error:
            self.reply(400, "text/plain", f"{error}\n".encode())
            return
        self.reply(204, "text/plain", b"")
