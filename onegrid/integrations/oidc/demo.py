"""The demo issuer on a socket: ``python -m onegrid.integrations.oidc.demo --port 8002``.

For trying out OpenID sign-in on one machine. It listens on loopback only and lets everybody be
anybody on its list.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import signal
import sys
from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from onegrid.integrations.oidc.issuer import Client, Declined, Issuer, Person

_MOST_BYTES = 10_000
_PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>Demo issuer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>演示身份平台 · Demo issuer</h1>
<p>选择登录身份 · Who are you?</p><ul>{people}</ul></main></html>
"""
_CHOICE = '<li><a href="/authorize?{query}">{name} ({username})</a></li>'


class Server(ThreadingHTTPServer):
    """Serves one issuer; ``issuer`` is set once the port is known."""

    daemon_threads = True
    issuer: Issuer

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "demo-issuer"
    sys_version = ""

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        query = dict(parse_qsl(split.query))
        try:
            self._get(split.path, query)
        except Declined as declined:
            self._declined(declined)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if urlsplit(self.path).path != "/token" or not 0 <= length <= _MOST_BYTES:
            self._send(404, "text/plain", b"not found")
            return
        form = dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace")))
        try:
            self._json(200, self.server.issuer.token(form, self._basic()))
        except Declined as declined:
            self._declined(declined)

    def _get(self, path: str, query: Mapping[str, str]) -> None:
        issuer = self.server.issuer
        if path == "/.well-known/openid-configuration":
            self._json(200, issuer.discovery())
        elif path == "/jwks":
            self._json(200, issuer.jwks())
        elif path == "/userinfo":
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._json(200, issuer.userinfo(bearer))
        elif path == "/authorize":
            self._authorize(query)
        else:
            self._send(404, "text/plain", b"not found")

    def _authorize(self, query: Mapping[str, str]) -> None:
        issuer = self.server.issuer
        wish = issuer.wish(query)
        if "person" in query:
            self._send(302, "text/plain", b"", location=issuer.grant(wish, query["person"]))
            return
        choices = [
            _CHOICE.format(
                query=escape(urlencode({**query, "person": person.username})),
                name=escape(person.name),
                username=escape(person.username),
            )
            for person in issuer.people
        ]
        page = _PAGE.format(people="\n".join(choices))
        self._send(200, "text/html; charset=utf-8", page.encode())

    def _basic(self) -> tuple[str, str] | None:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Declined("invalid_client", "basic authorization") from error
        return name, secret

    def _declined(self, declined: Declined) -> None:
        status = 401 if declined.code in {"invalid_client", "invalid_token"} else 400
        self._json(status, {"error": declined.code, "error_description": declined.why})

    def _json(self, status: int, body: Mapping[str, object]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses carry codes."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="demo OpenID Connect issuer, loopback only")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--client", default="onegrid", help="client id")
    parser.add_argument("--secret", default="onegrid-demo-secret", help="client secret")
    parser.add_argument(
        "--back",
        action="append",
        default=None,
        help="address to answer to; may be given more than once",
    )
    parser.add_argument("people", nargs="*", default=["diaodu"], help="user names")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop."""
    options = _options()
    back = tuple(options.back or ["http://127.0.0.1:8000/account/oidc/county/back/"])
    server = Server(options.port)
    server.issuer = Issuer(
        server.address,
        Client(options.client, options.secret, back),
        [Person(f"demo-{name}", name, name) for name in options.people],
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
