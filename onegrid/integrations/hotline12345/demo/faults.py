"""Orders to misbehave: how often, or what next."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from threading import Lock

#: Of messages to the county, and of answers to it.
SENDING = ("late", "lost", "duplicate", "out_of_order")
ANSWERING = ("late", "lost", "error500")


@dataclass(slots=True)
class Faults:
    """Decides what goes wrong.

    Attributes:
        rate: share of messages and answers with a fault, 0 to 1.
        seconds: how long "late" is.
    """

    rate: float = 0.0
    seconds: float = 0.3
    next: deque[str] = field(default_factory=deque)
    drawn: int = 0
    _rng: random.Random = field(default_factory=lambda: random.Random(12345))  # noqa: S311
    _lock: Lock = field(default_factory=Lock)

    def order(self, *, rate: float | None, seed: int | None, names: list[str]) -> None:
        """Take orders.

        Raises:
            ValueError: a fault that the twin does not know, or a rate outside of 0 to 1.
        """
        if not set(names) <= {*SENDING, *ANSWERING} or (rate is not None and not 0 <= rate <= 1):
            raise ValueError("unknown fault or rate")
        with self._lock:
            if rate is not None:
                self.rate = rate
            if seed is not None:
                self._rng = random.Random(seed)  # noqa: S311
            self.next.extend(names)

    def draw(self, possible: tuple[str, ...]) -> str:
        """Return the fault of this message, mostly none."""
        with self._lock:
            if self.next and self.next[0] in possible:
                self.drawn += 1
                return self.next.popleft()
            if self.rate and self._rng.random() < self.rate:
                self.drawn += 1
                return self._rng.choice(possible)
        return ""
