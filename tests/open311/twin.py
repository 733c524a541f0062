"""A small city with other habits: XML only, pages of two, fields missing, tokens, lost answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from onegrid.integrations.outgoing import Outgoing


@dataclass
class City:
    """What the twin keeps, and how it behaves.

    Attributes:
        requests: fields by number, in the order in which they came.
        tokens: numbers by token; a report is a token first and gets its number at ``settle``.
        lose: so many next reports are kept, but their answers get lost.
        answer: sent instead of any list, when set.
    """

    requests: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    reports: list[dict[str, str]] = field(default_factory=list)
    lose: int = 0
    status: int = 200
    answer: bytes = b""
    server: HTTPServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_port}/geo"

    def settle(self) -> None:
        """Give every token its number."""
        for token in self.tokens:
            self.tokens[token] = self.tokens[token] or f"R-{len(self.requests)}"

    def take(self, form: dict[str, str]) -> str:
        self.reports.append(form)
        number, token = f"R-{len(self.requests) + 1}", f"T-{len(self.reports)}"
        self.requests[number] = {
            "status": "open",
            "service_code": form.get("service_code", ""),
            "description": form.get("description", ""),
        }
        self.tokens[token] = number
        return token


def _document(rows: list[dict[str, str]], root: str = "service_requests") -> bytes:
    tree = ElementTree.Element(root)
    for row in rows:
        node = ElementTree.SubElement(tree, "request")
        for name, value in row.items():
            ElementTree.SubElement(node, name).text = value
    return ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)


class _Handler(BaseHTTPRequestHandler):
    city: City

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        kind, _, rest = parts.path.removeprefix("/geo/").removesuffix(".xml").partition("/")
        if self.city.answer:
            self._send(200, self.city.answer)
        elif kind == "tokens":
            self._token(rest)
        elif rest:
            self._listed([rest] if rest in self.city.requests else [])
        else:
            page = int(query.get("page", "1"))
            self._listed(list(self.city.requests)[2 * page - 2 : 2 * page])

    def _token(self, token: str) -> None:
        number = self.city.tokens.get(token)
        if number is None:
            self._send(404, b"<errors/>")
            return
        self._send(200, _document([{"service_request_id": number, "token": token}]))

    def _listed(self, numbers: list[str]) -> None:
        rows = [{"service_request_id": n, **self.city.requests[n]} for n in numbers]
        self._send(200, _document(rows))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.city.status != 200:
            self._send(self.city.status, b"<errors><error><code>1</code></error></errors>")
            return
        token = self.city.take(form)
        if self.city.lose:
            self.city.lose -= 1
            self.close_connection = True
            return
        self._send(200, _document([{"token": token}]))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def running_city() -> Iterator[City]:
    """Serve a city on a free port."""
    city = City()
    handler = type("Handler", (_Handler,), {"city": city})
    city.server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=city.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield city
    finally:
        city.server.shutdown()
        thread.join()
        city.server.server_close()


@pytest.fixture
def city(settings: Any) -> Iterator[City]:
    """A city that may be called although it is on this machine."""
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    with running_city() as found:
        yield found


@pytest.fixture
def outgoing() -> Iterator[Outgoing]:
    """What calls it."""
    made = Outgoing(private_hosts=("127.0.0.1",))
    yield made
    made.close()
