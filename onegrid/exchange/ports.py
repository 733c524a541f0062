"""What the exchange needs from the outside: who carries its messages, and who calls web hooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What became of an attempt."""

    #: They have it.
    ACCEPTED = "accepted"
    #: They do not have it, or we do not know: the same message goes out again.
    LATER = "later"
    #: They will never take it: the next message says that it is void.
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of one attempt; ``error`` is a code without personal data."""

    outcome: Outcome
    error: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of theirs, checked for shape.

    Attributes:
        seq: counts from 1 without gaps, for each order.
        supersedes: all messages up to here that have not come are void; 0: none.
        message_id: the same for every attempt.
        digest: of the content, to tell a repetition from another message under the same id.
    """

    system: str
    external_id: str
    message_id: str
    kind: str
    seq: int
    at: datetime
    body: Mapping[str, Any]
    supersedes: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message of ours.

    Attributes:
        number: our receipt number.
        supersedes: all messages of ours up to here that have not come are void; 0: none.
        reply_to, thread, subject: for systems that answer a person.
    """

    system: str
    external_id: str
    message_id: str
    kind: str
    seq: int
    at: datetime
    number: str
    body: Mapping[str, Any] = field(repr=False)
    supersedes: int = 0
    reply_to: str = field(default="", repr=False)
    thread: str = ""
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """Where a system of a county is, and its key."""

    url: str
    key_id: str
    secret: str = field(repr=False)


class Carrier(ABC):
    """Carries messages to one system.

    An implementation never raises for what a network or the other side does: it answers. The same
    parcel may be carried more than once; the receiver tells repetitions by ``message_id``.
    """

    @abstractmethod
    def carry(self, parcel: Parcel, access: Access | None, *, now: datetime) -> Answer:
        """Hand one message over."""


class Fetcher(ABC):
    """Looks for messages of a system that cannot call us, and hands each to `take_in`."""

    @abstractmethod
    def fetch(self, *, tenant_id: int, now: datetime) -> int:
        """Take in what waits; return how many messages were new. Outside of any transaction."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a web hook; ``call_id`` is the same for every attempt."""

    url: str
    call_id: str
    event: str
    payload: Mapping[str, Any] = field(repr=False)
    secret: str = field(repr=False)


class Caller(ABC):
    """Calls web hooks; never raises for what a network or the other side does."""

    @abstractmethod
    def check(self, url: str) -> None:
        """Refuse an address that may not be called.

        Raises:
            Invalid: see `onegrid.exchange.refusal_texts`, ``hook.*``.
        """

    @abstractmethod
    def call(self, call: Call, *, now: datetime) -> Answer:
        """Make one call; addresses are looked at again, because names change."""
