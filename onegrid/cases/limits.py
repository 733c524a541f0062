"""Limits of what a unit may ask for, as the rules in force on a day set them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onegrid.duties.queries import amount
from onegrid.duties.terms import Parameter


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules of a day allow.

    Attributes:
        return_percent: share of the promised time in which a unit may ask to return a case.
        return_minutes: duty minutes in which it may, whichever is longer.
        extension_percent: most that an extension adds to the promised time.
        pause_percent: most that a case pauses, of the promised time.
        ending_approval: whether ending without a solution needs another person's approval.
    """

    return_percent: int
    return_minutes: int
    extension_percent: int
    pause_percent: int
    ending_approval: bool


def limits(*, on: date) -> Limits:
    """Return the limits in force on a day."""
    return Limits(
        return_percent=amount(Parameter.RETURN_PERCENT, on=on),
        return_minutes=amount(Parameter.RETURN_MINUTES, on=on),
        extension_percent=amount(Parameter.EXTENSION_PERCENT, on=on),
        pause_percent=amount(Parameter.PAUSE_PERCENT, on=on),
        ending_approval=amount(Parameter.ENDING_APPROVAL, on=on) > 0,
    )
