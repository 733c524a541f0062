"""What the HTTP side of every demo twin shares: this machine only, strict headers, silence."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_NAMES = ("127.0.0.1", "localhost", "[::1]")


class LocalServer(ThreadingHTTPServer):
    """Loopback server of a twin."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong, unless the caller only hung up before the answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class LocalHandler(BaseHTTPRequestHandler):
    """Answers with one body and the headers of a page that loads nothing from elsewhere."""

    timeout = 20
    #: where forms of the twin's page may be sent: ``'none'`` or ``'self'``
    form_action = "'self'"

    def is_local(self) -> bool:
        """Tell whether the Host header names this machine (no rebinding of foreign names)."""
        host = self.headers.get("host", "")
        return host.rsplit(":", 1)[0] in _NAMES or host in _NAMES

    def reply(self, status: int, kind: str, body: bytes, *, refresh: bool = False) -> None:
        """Send an answer; with ``refresh`` the browser asks again after five seconds."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; "
            f"form-action {self.form_action}; frame-ancestors 'none'",
        )
        if refresh:
            self.send_header("Refresh", "5")
        self.end_headers()
        self.wfile.write(body)

    def back(self) -> None:
        """Lead the browser back to the page after a form."""
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def version_string(self) -> str:
        """Say nothing about versions."""
        return "twin"

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: addresses and books name people."""
