"""The one table of a call to a department: which deed leads where, and whose it is.

Plain Python. A call goes to several departments; each goes its own way through this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a call to one department stands."""

    CALLED = "called"
    SIGNED_IN = "signed_in"
    ARRIVED = "arrived"
    REPORTED = "reported"
    ENDED = "ended"
    CALLED_OFF = "called_off"


class Deed(StrEnum):
    """What somebody does; one deed is one event."""

    OPEN = "open"
    SIGN_IN = "sign_in"
    ARRIVE = "arrive"
    CONFIRM_ARRIVAL = "confirm_arrival"
    REPORT = "report"
    RATE = "rate"
    CALL_OFF = "call_off"
    REMIND = "remind"
    ESCALATE = "escalate"
    END = "end"


class Side(StrEnum):
    """On which side of the call somebody stands."""

    CALLER = "caller"
    TEAM = "team"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        target: stage after the deed; None keeps the stage.
        words: whether it must say something.
    """

    sources: frozenset[Stage]
    target: Stage | None
    sides: frozenset[Side]
    words: bool = False


def _line(
    sources: set[Stage], target: Stage | None, sides: set[Side], *, words: bool = False
) -> Line:
    return Line(frozenset(sources), target, frozenset(sides), words)


TABLE: dict[Deed, Line] = {
    Deed.SIGN_IN: _line({Stage.CALLED}, Stage.SIGNED_IN, {Side.TEAM}),
    Deed.ARRIVE: _line({Stage.SIGNED_IN}, Stage.ARRIVED, {Side.TEAM}),
    Deed.CONFIRM_ARRIVAL: _line({Stage.SIGNED_IN}, Stage.ARRIVED, {Side.CALLER}, words=True),
    Deed.REPORT: _line({Stage.ARRIVED}, Stage.REPORTED, {Side.TEAM}, words=True),
    Deed.RATE: _line({Stage.REPORTED}, None, {Side.CALLER, Side.TEAM}),
    Deed.CALL_OFF: _line(
        {Stage.CALLED, Stage.SIGNED_IN}, Stage.CALLED_OFF, {Side.CALLER}, words=True
    ),
    Deed.REMIND: _line({Stage.CALLED}, None, {Side.SYSTEM}),
    Deed.ESCALATE: _line({Stage.CALLED}, None, {Side.SYSTEM}),
    Deed.END: _line({Stage.REPORTED}, Stage.ENDED, {Side.SYSTEM}),
}
#: Stages in which nothing more is expected of anybody.
FINAL = frozenset({Stage.ENDED, Stage.CALLED_OFF})


class NotNow(ValueError):
    """Raised when the table does not have the deed in this stage."""


class NotTheirs(PermissionError):
    """Raised when the deed exists but not for this side."""


class WordsMissing(ValueError):
    """Raised when a deed must say something and does not."""


def check(*, stage: Stage, deed: Deed, sides: frozenset[Side], words: str = "-") -> Stage:
    """Return the stage after a deed.

    Raises:
        NotNow: not in this stage.
        NotTheirs: not for any of these sides.
        WordsMissing: it must say something.
    """
    line = TABLE.get(deed)
    if line is None or stage not in line.sources:
        raise NotNow(f"{deed} in {stage}")
    if not line.sides & sides:
        raise NotTheirs(f"{deed} by {sorted(sides)}")
    if line.words and not words.strip():
        raise WordsMissing(deed)
    return line.target or stage


def possible(*, stage: Stage, sides: frozenset[Side]) -> frozenset[Deed]:
    """Return what these sides may do now."""
    return frozenset(
        deed for deed, line in TABLE.items() if stage in line.sources and line.sides & sides
    )
