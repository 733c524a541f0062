"""The port of the exchange, filled by two mail servers: IMAP for what comes, SMTP for answers."""

from __future__ import annotations

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from imap_tools import (
    A,
    BaseMailBox,
    MailBox,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessage,
    MailMessageFlags,
)
from imap_tools.errors import ImapToolsError

from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.exchange.actions import take_in
from onegrid.exchange.actions.incoming import clean_files
from onegrid.exchange.ports import Access, Answer, Carrier, Fetcher, Incoming, Outcome, Parcel
from onegrid.exchange.queries import next_seq, order_by_thread
from onegrid.exchange.terms import Kind, System
from onegrid.integrations.mail.reading import Letter, NotForUs, read
from onegrid.integrations.mail.writing import TOLD, letter

_log = logging.getLogger(__name__)
_MOST = 20
_SECONDS = 20.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"imaps": 993, "imap": 143, "imap+starttls": 143, "smtps": 465, "smtp": 25,
          "smtp+starttls": 587}  # fmt: skip


class MailSettingWrong(ValueError):
    """Raised when an address of a mail server cannot be used."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server is; without encryption only on this machine."""

    scheme: str
    host: str
    port: int
    folder: str

    @classmethod
    def of(cls, url: str) -> Server:
        """Return the server of a setting.

        Raises:
            MailSettingWrong: unknown scheme, no host, or no encryption to another machine.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        plain = parts.scheme in {"imap", "smtp"}
        if parts.scheme not in _PORTS or not host or (plain and host not in _LOOPBACK):
            raise MailSettingWrong(f"{parts.scheme}://{host} cannot be used for mail")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return cls(parts.scheme, host, parts.port or _PORTS[parts.scheme], folder)


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password at both servers, and the address that mail comes from."""

    user: str
    password: str = field(repr=False)
    sender: str


class MailCarrier(Carrier):
    """Answers reporters who wrote by mail."""

    def __init__(self, server: Server | None, login: Login) -> None:
        """Take the server mail goes out by; None: nothing is set up."""
        self._server = server
        self._login = login

    def carry(self, parcel: Parcel, access: Access | None, *, now: datetime) -> Answer:
        """Send one mail, or nothing where the message is not worth one."""
        if parcel.kind not in TOLD or not parcel.reply_to:
            return Answer(Outcome.ACCEPTED)
        if self._server is None:
            return Answer(Outcome.LATER, error="not_set_up")
        try:
            with smtp_to(self._server, self._login) as smtp:
                smtp.send_message(letter(parcel, self._login.sender))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            never = bool(codes) and min(codes) >= 500
            return Answer(Outcome.NEVER if never else Outcome.LATER, error=f"refused {codes}")
        except smtplib.SMTPResponseException as error:
            outcome = Outcome.NEVER if 550 <= error.smtp_code < 560 else Outcome.LATER
            return Answer(outcome, error=f"smtp {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Outcome.LATER, error=f"no answer: {type(error).__name__}")
        return Answer(Outcome.ACCEPTED)


@contextmanager
def smtp_to(server: Server, login: Login) -> Iterator[smtplib.SMTP]:
    """Open a session with the server that mail goes out by.

    Raises:
        OSError, smtplib.SMTPException: it cannot be reached, or does not let us in.
    """
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    with smtp:
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=context)
        if login.user and server.scheme != "smtp":
            smtp.login(login.user, login.password)
        yield smtp


class MailFetcher(Fetcher):
    """Reads requests from an inbox; what was read is marked as seen."""

    def __init__(self, server: Server | None, login: Login) -> None:
        """Take the server of the inbox; None: nothing is read."""
        self._server = server
        self._login = login

    def fetch(self, *, tenant_id: int, now: datetime) -> int:
        """Take new mails in, at most 20; return how many became or joined a request.

        A mail is marked as seen after it was taken in: killed in between, it comes again and is
        known by its Message-ID.
        """
        if self._server is None:
            return 0
        taken = 0
        try:
            with self._box(self._server) as box:
                new = list(box.fetch(A(seen=False), limit=_MOST, mark_seen=False, bulk=False))
                for mail in new:
                    taken += self._take(mail, tenant_id, now)
                    box.flag(mail.uid or "", MailMessageFlags.SEEN, True)
        except (OSError, ImapToolsError) as error:
            _log.warning("the inbox could not be read: %s", type(error).__name__)
        return taken

    @contextmanager
    def _box(self, server: Server) -> Iterator[BaseMailBox]:
        kinds = {"imaps": MailBox, "imap+starttls": MailBoxStartTls, "imap": MailBoxUnencrypted}
        box = kinds[server.scheme](server.host, server.port, timeout=_SECONDS)
        try:
            box.login(self._login.user, self._login.password, initial_folder=server.folder)
        except MailboxLoginError:
            box.client.shutdown()
            raise
        with box:
            yield box

    def _take(self, mail: MailMessage, tenant_id: int, now: datetime) -> bool:
        try:
            found = read(mail, own=self._login.sender, now=now)
        except NotForUs as error:
            _log.info("a mail was left aside: %s", error.reason)
            return False
        try:
            with tenant_tx(tenant_id):
                taken = take_in(message=incoming(found), now=now)
        except Refusal as refusal:
            _log.warning("a mail could not be taken in: %s", refusal.code)
            return False
        return not taken.again


def incoming(found: Letter) -> Incoming:
    """Return a mail as a message of the exchange: a new order, or something about one.

    A mail belongs to an order if it answers to a mail of that order and comes from its reporter.
    """
    message_id = hashlib.sha256(found.message_id.encode()).hexdigest()[:40]
    order_id = order_by_thread(
        system=System.EMAIL, references=found.references, reply_to=found.address
    )
    new = not order_id
    external_id = order_id or f"mail-{message_id[:32]}"
    kept, refused = clean_files(list(found.files))
    files = {"files": kept, "files_refused": refused + found.files_left_out}
    body = {
        "title": found.title,
        "text": found.text,
        "reporter": {"name": found.name},
        "reply_to": found.address,
        "thread": found.message_id,
    }
    return Incoming(
        system=System.EMAIL,
        external_id=external_id,
        message_id=message_id,
        kind=Kind.ORDER if new else Kind.CONSULT,
        seq=next_seq(system=System.EMAIL, external_id=external_id),
        at=found.at,
        body={**body, **files} if new else {"text": found.text, **files},
        digest=found.digest,
    )


def login_of_settings() -> Login:
    """Return name, password and sender that settings describe."""
    return Login(settings.MAIL_USER, settings.MAIL_PASSWORD, settings.MAIL_FROM)


def from_settings() -> MailCarrier:
    """Return the carrier that settings describe.

    Raises:
        MailSettingWrong: see `Server.of`.
    """
    return _carrier(settings.MAIL_SMTP, login_of_settings())


@lru_cache(maxsize=1)
def _carrier(url: str, login: Login) -> MailCarrier:
    return MailCarrier(Server.of(url) if url else None, login)


def fetcher_from_settings() -> MailFetcher:
    """Return what reads the inbox that settings describe.

    Raises:
        MailSettingWrong: see `Server.of`.
    """
    url = settings.MAIL_IMAP
    return MailFetcher(Server.of(url) if url else None, login_of_settings())
