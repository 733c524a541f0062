"""The demo's mail page: what the county wrote, and a form for a mail to it."""

from __future__ import annotations

import sys
from email.message import EmailMessage
from email.utils import make_msgid
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from imap_tools import MailBoxUnencrypted

from onegrid.integrations.mail.demo.postbox import Postbox, Sent

STYLE = Path(__file__).with_name("mail.css").read_bytes()
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_MOST_BYTES = 50_000
_SHORT = 200


class Server(ThreadingHTTPServer):
    """Loopback server of the page."""

    daemon_threads = True

    def __init__(self, port: int, postbox: Postbox, imap_port: int, login: tuple[str, str]) -> None:
        """Bind a port of this machine."""
        super().__init__(("127.0.0.1", port), Handler)
        self.postbox = postbox
        self.imap_port = imap_port
        self.login = login

    def put(self, mail: EmailMessage) -> None:
        """Lay a mail into the county's inbox."""
        with MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=10).login(*self.login) as box:
            box.append(mail.as_bytes(), "INBOX")

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong, unless the caller only hung up before the answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """HTTP in, HTTP out."""

    server: Server
    timeout = 20

    def do_GET(self) -> None:
        """Serve the page and its style sheet."""
        path = urlsplit(self.path).path
        if not self._is_local():
            self._reply(403, "text/plain", b"this machine only\n")
        elif path == "/":
            text = render(self.server.postbox.newest())
            self._reply(200, "text/html; charset=utf-8", text.encode())
        elif path == "/style.css":
            self._reply(200, "text/css; charset=utf-8", STYLE)
        else:
            self._reply(404, "text/plain", b"not found\n")

    def do_POST(self) -> None:
        """Lay a mail typed into this page into the county's inbox."""
        length = int(self.headers.get("content-length") or 0)
        own = self.headers.get("origin") == f"http://{self.headers.get('host', '')}"
        if not (0 <= length <= _MOST_BYTES and self._is_local() and own):
            self._reply(403, "text/plain", b"refused\n")
            return
        body = self.rfile.read(length).decode("utf-8", "replace")
        typed = {name: " ".join(values) for name, values in parse_qs(body).items()}
        try:
            self.server.put(letter(typed))
        except (OSError, ValueError) as error:
            self._reply(502, "text/plain; charset=utf-8", f"{error}\n".encode())
            return
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_local(self) -> bool:
        """Tell whether the Host header names this machine (no rebinding of foreign names)."""
        host = self.headers.get("host", "")
        return host.rsplit(":", 1)[0] in _NAMES or host in _NAMES

    def _reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'",
        )
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Say nothing about versions."""
        return "twin"

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: addresses name people."""


def letter(typed: dict[str, str]) -> EmailMessage:
    """Return the mail that was typed."""
    mail = EmailMessage()
    mail["From"] = " ".join(typed.get("from", "").split())[:_SHORT] or "jumin@example.org"
    mail["To"] = "county@example.org"
    mail["Subject"] = " ".join(typed.get("subject", "").split())[:_SHORT]
    mail["Message-ID"] = make_msgid(domain="example.org")
    mail.set_content(typed.get("text", ""))
    return mail


def render(mails: list[Sent]) -> str:
    """Return the page."""
    rows = "".join(
        f'<li><p class="soft">{escape(mail.at)} → {escape(mail.to)}</p>'
        f"<h3>{escape(mail.subject)}</h3><p>{escape(mail.text)}</p></li>"
        for mail in mails
    )
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>演示邮箱 · Demo mail</title><link rel="stylesheet" href="/style.css"></head><body>'
        '<header><h1>演示邮箱 <small lang="en">Demo mail</small></h1>'
        '<p class="soft">演示县发出的邮件都到这里，不会发往真实邮箱。<span lang="en">Every mail of '
        "the demo county arrives here; none leaves this machine.</span></p></header><main>"
        '<form method="post" action="/new"><h2>给县里写信 <small lang="en">Write to the county'
        '</small></h2><label>发件人 <small lang="en">From</small>'
        '<input name="from" type="email" value="jumin@example.org" required></label>'
        '<label>主题 <small lang="en">Subject</small><input name="subject" maxlength="100" '
        'required></label><label>内容 <small lang="en">Text</small>'
        '<textarea name="text" rows="5" maxlength="5000" required></textarea></label>'
        '<button>发送 <small lang="en">Send</small></button></form>'
        '<section><h2>已发出 <small lang="en">Sent by the county</small></h2>'
        f"<ol>{rows or '<li>还没有邮件。<span lang=en>No mail yet.</span></li>'}</ol></section>"
        "</main></body></html>"
    )
