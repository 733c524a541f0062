"""How long, how late and how often a unit may ask; a county changes it, the law may fix it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onegrid.duties.queries import amount
from onegrid.duties.terms import Parameter


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
        plan_approval: a plan is published only after approval by the head of the unit.
        closure_approval: classes whose report of done needs approval: 0 none, 1 complex,
            2 complex and major, 3 all.
    """

    return_percent: int
    return_minutes: int
    returns: int
    extension_percent: int
    pause_percent: int
    ending_approval: bool
    plan_approval: bool
    closure_approval: int


def bounds(*, on: date) -> Bounds:
    """Return the bounds in force on a day (Weifang hotline regulation, Arts 20 to 22)."""
    return Bounds(
        return_percent=amount(Parameter.RETURN_PERCENT, on=on),
        return_minutes=amount(Parameter.RETURN_MINUTES, on=on),
        returns=amount(Parameter.RETURNS_PER_UNIT, on=on),
        extension_percent=amount(Parameter.EXTENSION_PERCENT, on=on),
        pause_percent=amount(Parameter.PAUSE_PERCENT, on=on),
        ending_approval=amount(Parameter.ENDING_APPROVAL, on=on) > 0,
        plan_approval=amount(Parameter.PLAN_APPROVAL, on=on) > 0,
        closure_approval=amount(Parameter.CLOSURE_APPROVAL, on=on),
    )
