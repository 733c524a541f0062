"""Two real mail servers on this machine: aiosmtpd for what goes out, pymap (IMAP) for what comes."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from imap_tools import MailBoxUnencrypted

from onegrid.integrations.mail.adapter import Login, Server

USER, PASSWORD, OURS = "county", "county-pass", "wangge@changle.example"
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Postbox:
    """What aiosmtpd took; ``refuse`` is its answer to the next recipients."""

    sent: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.sent.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@contextmanager
def smtp_server() -> Iterator[tuple[Server, Postbox]]:
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Server.of(f"smtp://127.0.0.1:{controller.port}"), postbox
    finally:
        controller.stop()


@dataclass
class Inbox:
    """An IMAP server with one mailbox."""

    server: Server

    def put(self, mail: EmailMessage) -> None:
        with self.box() as box:
            box.append(mail.as_bytes(policy=policy.SMTP), "INBOX")

    @contextmanager
    def box(self) -> Iterator[MailBoxUnencrypted]:
        box = MailBoxUnencrypted(self.server.host, self.server.port, timeout=20)
        with box.login(USER, PASSWORD):
            yield box


@contextmanager
def imap_server() -> Iterator[Inbox]:
    port = free_port()
    command = "from pymap.main import main; main()"
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", command, "--host", "127.0.0.1", "--port", str(port)),
            *("--no-tls", "--no-service", "admin", "dict"),
            *("--demo-user", USER, "--demo-password", PASSWORD),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    inbox = Inbox(Server.of(f"imap://127.0.0.1:{port}"))
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            assert time.monotonic() < end and process.poll() is None, "pymap does not listen"
            time.sleep(0.05)
        yield inbox
    finally:
        process.kill()
        process.wait()


LOGIN = Login(USER, PASSWORD, OURS)


def mail(
    text: str = "楼下路灯坏了三天了，请来修。",
    *,
    subject: str = "路灯坏了",
    sender: str = "李四 <lisi@example.org>",
    message_id: str = "<m1@example.org>",
    **headers: str,
) -> EmailMessage:
    """Return a mail of a person."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, OURS, subject
    made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made
