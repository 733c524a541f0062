"""What the twin remembers: messages in a file of JSON lines, synced line by line."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock


@dataclass(frozen=True, slots=True)
class Sms:
    """One message that reached the phone; ``at`` in seconds since 1970."""

    at: float
    phone: str
    sign_name: str
    template_code: str
    text: str
    out_id: str
    biz_id: str


class Store:
    """Messages of the twin; safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a last line that was cut off by a crash is dropped."""
        self._path = path
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = _whole_lines(path)
        self._messages = [Sms(**json.loads(line)) for line in whole.splitlines()]
        if path.exists() and path.stat().st_size != len(whole):
            path.write_bytes(whole)

    def add(self, message: Sms) -> None:
        """Keep a message; it is on the disk when this returns."""
        line = json.dumps(asdict(message), ensure_ascii=False) + "\n"
        with self._lock, self._path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
            self._messages.append(message)

    def newest(self, limit: int) -> list[Sms]:
        """Return the last messages, newest first."""
        with self._lock:
            return self._messages[: -limit - 1 : -1]

    def of_phone(self, phone: str) -> list[Sms]:
        """Return all messages of a number, newest first."""
        with self._lock:
            return [message for message in reversed(self._messages) if message.phone == phone]


def _whole_lines(path: Path) -> bytes:
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]
