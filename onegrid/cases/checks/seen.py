"""What the checks are given: one case as plain values, without anybody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step; ``by_handler`` tells whether the acting account had handled the case before."""

    seq: int
    at: datetime
    action: str
    relation: str
    data: Mapping[str, Any]
    by_handler: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given: to which part, of which case."""

    number: str
    part: int
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One case as the checks see it.

    Attributes:
        answers: of the case, by part.
        others: of the same unit to other cases in the last `WINDOW_DAYS` days.
        due: when the promise of each round was due, by round; left out where none was made.
        budget_minutes: minutes of that promise, by round.
        phone_of_handler: the number left for the reporter is that of an account that handled it.
        reporter_handled: the account of the reporter is one that handled it.
    """

    safety: bool
    steps: tuple[StepSeen, ...]
    answers: tuple[Answer, ...] = ()
    others: tuple[Answer, ...] = ()
    due: Mapping[int, datetime] = field(default_factory=dict)
    budget_minutes: Mapping[int, int] = field(default_factory=dict)
    phone_of_handler: bool = False
    reporter_handled: bool = False


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a check saw, at which step; ``evidence`` holds plain values for the page."""

    code: str
    step_seq: int
    evidence: Mapping[str, Any]
