"""How long to wait for the other side, and how often to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """Times of an outbox.

    Attributes:
        lease: how long one attempt may take before another worker looks after the message.
        first, longest: pause after the first failure; it grows fourfold up to the longest.
        attempts: after so many a message counts as failed.
    """

    lease: timedelta = timedelta(seconds=60)
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=30)
    attempts: int = 150

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts."""
        return min(self.first * int(4 ** min(attempts - 1, 8)), self.longest)


#: 150 attempts, half an hour apart: an outage of three days loses nothing.
ORDERS = Patience()
#: A receiver of web hooks that is away for some six hours misses an event.
HOOKS = Patience(first=timedelta(seconds=10), attempts=16)
