"""How long, how late and how often a unit may ask; a county changes it, the law may fix it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bounds:
    """What holds on a day.

    Attributes:
        return_percent: share of the promised time in which a unit may ask to return a case.
        return_minutes: duty minutes in which it may; the longer of both counts.
        returns: how often one unit may ask in a round.
        extension_percent: most an extension adds, of the promised time.
        pause_percent: most a case pauses, of the promised time, without a street leader's word.
        ending_approval: a dispatched case ends without a solution only after approval.
    """

    return_percent: int = 25
    return_minutes: int = 240
    returns: int = 1
    extension_percent: int = 100
    pause_percent: int = 200
    ending_approval: bool = True


def bounds(*, on: date) -> Bounds:
    """Return the bounds in force on a day (Weifang hotline regulation, Arts 20 to 22)."""
    return Bounds()
