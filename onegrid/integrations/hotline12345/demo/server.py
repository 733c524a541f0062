"""The twin on a socket: the hotline's address, its page, and orders to misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from onegrid.integrations.hotline12345 import schema
from onegrid.integrations.hotline12345.demo import page
from onegrid.integrations.hotline12345.demo.book import Clash, Unknown
from onegrid.integrations.hotline12345.demo.faults import ANSWERING
from onegrid.integrations.hotline12345.demo.gate import Turned
from onegrid.integrations.hotline12345.demo.hotline import Hotline, due_in, moment
from onegrid.integrations.twin_http import LocalHandler, LocalServer

MESSAGES = "/v1/messages"
_MOST_BYTES = 512_000
_SHOWN = 100
_JSON = "application/json; charset=utf-8"


class Server(LocalServer):
    """Loopback server of a twin."""

    request_queue_size = 64

    def __init__(self, hotline: Hotline, port: int) -> None:
        """Bind a port of this machine; 0 takes a free one."""
        super().__init__(("127.0.0.1", port), Handler)
        self.hotline = hotline


class Handler(LocalHandler):
    """HTTP in, HTTP out."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve the page, its style sheet, and the books for tools."""
        path = urlsplit(self.path).path
        book = self.server.hotline.book
        if not self.is_local():
            self.reply(403, "text/plain", b"this machine only\n")
        elif path == "/":
            text = page.render(book.orders(_SHOWN), book.waiting(), book.troubles())
            self.reply(200, "text/html; charset=utf-8", text.encode())
        elif path == "/style.css":
            self.reply(200, "text/css; charset=utf-8", page.STYLE)
        elif path == "/books":
            self._json(
                200,
                {
                    "orders": [asdict(order) for order in book.orders()],
                    "waiting": book.waiting(),
                    "faults": self.server.hotline.faults.drawn,
                },
            )
        else:
            self.reply(404, "text/plain", b"not found\n")

    def do_POST(self) -> None:
        """Take a message of the county, an order of a tool, or the form of the page."""
        length = int(self.headers.get("content-length") or 0)
        if not 0 <= length <= _MOST_BYTES or not self.is_local():
            self.reply(403, "text/plain", b"refused\n")
            return
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path == MESSAGES:
            self._message(body)
        elif path == "/new":
            self._form(body)
        elif path in _CONTROLS:
            self._control(_CONTROLS[path], body)
        else:
            self.reply(404, "text/plain", b"not found\n")

    def _message(self, body: bytes) -> None:
        hotline = self.server.hotline
        fault = hotline.faults.draw(ANSWERING)
        if fault == "late":
            time.sleep(hotline.faults.seconds)
        if fault == "error500":
            self._json(500, {"code": "hotline.failed"})
            return
        status, answer = self._taken(body)
        if fault == "lost":
            self.close_connection = True
            return
        self._json(status, answer)

    def _taken(self, body: bytes) -> tuple[int, dict[str, Any]]:
        hotline = self.server.hotline
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            hotline.gate.check(MESSAGES, headers, body)
            return 200, hotline.take(json.loads(body))
        except Turned as turned:
            return 401, {"code": f"hotline.signature.{turned}"}
        except schema.DoesNotFit as error:
            return 422, {"code": "hotline.schema", "field": error.where, "detail": error.message}
        except ValueError:
            return 400, {"code": "hotline.json"}
        except Unknown:
            return 404, {"code": "hotline.unknown_order"}
        except Clash:
            return 409, {"code": "hotline.clash"}

    def _control(self, do: Callable[[Hotline, dict[str, Any]], None], body: bytes) -> None:
        """Do what a tool orders; the header keeps pages of other sites out."""
        try:
            if self.headers.get("x-demo-control") != "1":
                raise ValueError("header x-demo-control is missing")
            do(self.server.hotline, json.loads(body))
        except (ValueError, KeyError, TypeError, Unknown) as error:
            self.reply(400, "text/plain", f"{error}\n".encode())
            return
        self.reply(204, "text/plain", b"")

    def _form(self, body: bytes) -> None:
        """Enter an order typed into the page of this very server."""
        if self.headers.get("origin") != f"http://{self.headers.get('host', '')}":
            self.reply(403, "text/plain", b"refused\n")
            return
        typed = {
            name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()
        }
        order: dict[str, Any] = {
            "text": typed.get("text", "").strip()[:2000],
            "title": typed.get("title", "")[:60],
        }
        if typed.get("address", "").strip():
            order["place"] = {"address": typed["address"].strip()[:200]}
        order["reply_due_at"] = due_in(24)
        try:
            self.server.hotline.new_order(f"WF{uuid4().int % 10**10:010d}", order)
        except schema.DoesNotFit as error:
            self.reply(422, "text/plain; charset=utf-8", f"{error}\n".encode())
            return
        self.back()

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        self.reply(status, _JSON, json.dumps(answer, ensure_ascii=False).encode())


def _misbehave(hotline: Hotline, order: dict[str, Any]) -> None:
    """Take ``{"rate": 0.2, "seed": 1, "next": ["lost"]}``; every part may be left out."""
    hotline.faults.order(
        rate=order.get("rate"), seed=order.get("seed"), names=list(order.get("next", []))
    )


def _enter(hotline: Hotline, order: dict[str, Any]) -> None:
    """Take ``{"id": …, "body": …}``, or a list of them as ``{"orders": […]}``."""
    for one in order.get("orders", [order]):
        hotline.new_order(str(one["id"]), one["body"])


def _say(hotline: Hotline, order: dict[str, Any]) -> None:
    """Take ``{"id": …, "kind": "recall", "body": …}``."""
    kind = str(order["kind"])
    schema.check(f"body-{kind}-in" if kind == "consult" else f"body-{kind}", order["body"])
    hotline.book.say(str(order["id"]), kind, order["body"], sent_at=moment())


_CONTROLS: dict[str, Callable[[Hotline, dict[str, Any]], None]] = {
    "/control": _misbehave,
    "/control/orders": _enter,
    "/control/say": _say,
}
