"""What notices need from the outside: somebody who carries a text message."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Message:
    """One text message.

    Attributes:
        out_id: our id of the message; stays the same over all attempts.
        unsure_since: moment of an earlier attempt whose outcome is unknown, else None.
    """

    out_id: str
    phone: str
    language: str
    template: str
    params: Mapping[str, str] = field(repr=False)
    unsure_since: datetime | None = None


class Outcome(StrEnum):
    """What became of an attempt."""

    #: The provider has the message.
    ACCEPTED = "accepted"
    #: The provider said no for now; it does not have the message.
    LATER = "later"
    #: The provider said no for good; it does not have the message.
    NEVER = "never"
    #: No answer, or one that does not say: the provider may have the message.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of one attempt; ``error`` is a code without personal data."""

    outcome: Outcome
    provider_id: str = ""
    error: str = ""


class SmsGateway(ABC):
    """Carries text messages.

    An implementation never raises for what a network or a provider does: it answers. When
    ``message.unsure_since`` is set it must find out whether the provider already has a message of
    this ``out_id`` before it hands it over again.
    """

    @abstractmethod
    def send(self, message: Message, *, now: datetime) -> Answer:
        """Hand one message over to the provider."""
