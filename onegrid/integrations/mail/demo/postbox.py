"""What the demo's mail server took: kept in a file of JSON lines, shown newest first."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path
from threading import Lock
from typing import Any

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail that went out."""

    at: str
    to: str
    subject: str
    text: str


class Postbox:
    """Takes mails from aiosmtpd; safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a last line cut off by a crash is dropped."""
        self._path = path
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        self._sent = [Sent(**json.loads(line)) for line in whole.splitlines()]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail; it is in the file when this answers."""
        mail: Any = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(preferencelist=("plain",))
        self.add(
            Sent(
                at=str(mail["Date"]),
                to=", ".join(envelope.rcpt_tos),
                subject=str(mail["Subject"]),
                text=body.get_content() if body else "",
            )
        )
        return "250 OK"

    def add(self, sent: Sent) -> None:
        """Keep a mail."""
        with self._lock, self._path.open("ab") as file:
            file.write((json.dumps(asdict(sent), ensure_ascii=False) + "\n").encode())
            self._sent.append(sent)

    def newest(self) -> list[Sent]:
        """Return the last mails, newest first."""
        with self._lock:
            return self._sent[: -_SHOWN - 1 : -1]
