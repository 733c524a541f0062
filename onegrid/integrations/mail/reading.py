"""Read a mail: who wrote, what is new in it, what is attached, and whether a person wrote it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from html.parser import HTMLParser

from imap_tools import MailMessage

#: Header of every mail of ours: seeing it come back means a loop.
OURS = "X-Onegrid-Exchange"
TEXT_MAX, TITLE_MAX, FILES_MAX = 9_000, 120, 6
FILE_MAX_BYTES = 15_000_000
_MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|auto-?reply)([+._-]|@)", re.I
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
#: Where an older mail begins that somebody answers to.
_QUOTE = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|原始邮件|原邮件|转发邮件|原始郵件).*"
    r"|_{10,}\s*|On .{4,120} wrote:\s*|.{4,120}(?:写道|寫道)[:：]\s*"
    r"|(?:发件人|發件人|寄件者|From)\s*[:：].+@.+)$"
)


class NotForUs(Exception):
    """A mail that must not become a request; ``reason`` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that a person wrote.

    Attributes:
        message_id: of the mail, without angle brackets.
        references: ids of the mails that it answers to.
        files: media type and bytes, as they came.
        digest: of who wrote what; the way a mail took does not count.
    """

    message_id: str
    references: tuple[str, ...]
    address: str
    name: str
    title: str
    text: str
    files: tuple[tuple[str, bytes], ...]
    files_left_out: int
    at: datetime
    digest: str


def read(mail: MailMessage, *, own: str, now: datetime) -> Letter:
    """Return what a person wrote.

    Args:
        own: our address; mail from it is a loop.

    Raises:
        NotForUs: an automatic answer, a list, a report of a mail server, a loop, or nobody's mail.
    """
    address = parseaddr(_header(mail, "from"))[1].lower()
    _refuse_machines(mail, address, own.lower())
    found = _MESSAGE_ID.findall(_header(mail, "message-id"))
    title = " ".join(mail.subject.split())[:TITLE_MAX]
    text = new_text(mail.text or _plain(mail.html)) or title
    files, left_out = _files(mail)
    if not text:
        raise NotForUs("empty")
    digest = hashlib.sha256(f"{address}\n{title}\n{text}".encode()).hexdigest()
    return Letter(
        message_id=found[0] if found else f"{digest[:32]}@without-id",
        references=tuple(
            _MESSAGE_ID.findall(_header(mail, "in-reply-to") + " " + _header(mail, "references"))
        )[-20:],
        address=address,
        name=(mail.from_values.name if mail.from_values else "")[:40],
        title=title,
        text=text[:TEXT_MAX],
        files=files,
        files_left_out=left_out,
        at=now,
        digest=digest,
    )


def _header(mail: MailMessage, name: str) -> str:
    found: tuple[str, ...] = mail.headers.get(name, ())  # type: ignore[no-untyped-call]
    return " ".join(found)


def _refuse_machines(mail: MailMessage, address: str, own: str) -> None:
    """Let only people's mail pass (RFC 3834)."""
    if "@" not in address or len(address) > 254:
        raise NotForUs("no_sender")
    if address == own or _header(mail, OURS.lower()):
        raise NotForUs("loop")
    if _MACHINES.match(address) or _header(mail, "return-path").strip() == "<>":
        raise NotForUs("machine")
    if _header(mail, "auto-submitted").strip().lower() not in {"", "no"}:
        raise NotForUs("automatic")
    if _header(mail, "x-autoreply") or _header(mail, "x-autorespond"):
        raise NotForUs("automatic")
    kind = _header(mail, "precedence").strip().lower()
    if kind in {"bulk", "list", "junk", "auto_reply"} or _header(mail, "list-id"):
        raise NotForUs("list")


def new_text(text: str) -> str:
    """Return what is new in a mail: without quoted lines, the older mail, and the signature."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\0", "").split("\n"):
        if _QUOTE.match(line) or line.rstrip("\r") == "-- ":
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


class _Text(HTMLParser):
    """Takes the words out of HTML; scripts, styles and quoted blocks are left behind."""

    _SKIPPED = frozenset({"script", "style", "head", "blockquote", "title"})
    _BREAKS = frozenset({"br", "p", "div", "li", "tr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SKIPPED:
            self._depth += 1
        elif tag in self._BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SKIPPED and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.words.append(data)


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.words)


def _files(mail: MailMessage) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """Return attachments small enough to be looked at, and how many were left out."""
    kept = [
        (str(file.content_type), file.payload)
        for file in mail.attachments
        if len(file.payload) <= FILE_MAX_BYTES
    ][:FILES_MAX]
    return tuple(kept), len(mail.attachments) - len(kept)
