"""The demo's mail page: what the county wrote, and a form for a mail to it."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from imap_tools import MailBoxUnencrypted

from onegrid.integrations.mail.demo.postbox import Postbox, Sent
from onegrid.integrations.twin_http import LocalHandler, LocalServer

STYLE = Path(__file__).with_name("mail.css").read_bytes()
_MOST_BYTES = 50_000
_SHORT = 200


class Server(LocalServer):
    """Loopback server of the page."""

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


class Handler(LocalHandler):
    """HTTP in, HTTP out."""

    server: Server

    def do_GET(self) -> None:
        """Serve the page and its style sheet."""
        path = urlsplit(self.path).path
        if not self.is_local():
            self.reply(403, "text/plain", b"this machine only\n")
        elif path == "/":
            text = render(self.server.postbox.newest())
            self.reply(200, "text/html; charset=utf-8", text.encode())
        elif path == "/style.css":
            self.reply(200, "text/css; charset=utf-8", STYLE)
        else:
            self.reply(404, "text/plain", b"not found\n")

    def do_POST(self) -> None:
        """Lay a mail typed into this page into the county's inbox."""
        length = int(self.headers.get("content-length") or 0)
        own = self.headers.get("origin") == f"http://{self.headers.get('host', '')}"
        if not (0 <= length <= _MOST_BYTES and self.is_local() and own):
            self.reply(403, "text/plain", b"refused\n")
            return
        body = self.rfile.read(length).decode("utf-8", "replace")
        typed = {name: " ".join(values) for name, values in parse_qs(body).items()}
        try:
            self.server.put(letter(typed))
        except (OSError, ValueError) as error:
            self.reply(502, "text/plain; charset=utf-8", f"{error}\n".encode())
            return
        self.back()


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
