"""When a case is put under supervision, and who is told how far its promise is used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Used-up shares of a promise, in per cent, at which somebody higher is told.
LADDER = (50, 80, 100, 150, 200, 300)


class Fact(StrEnum):
    """What a rule of supervision looks at; each is a whole number."""

    PROMISE_SHARE = "promise_share"
    SIGN_SHARE = "sign_share"
    RETURNS_REFUSED = "returns_refused"
    UNSOLVED = "unsolved"
    CHECKS_FAILED = "checks_failed"
    REOPENINGS = "reopenings"
    REMINDERS = "reminders"


@dataclass(frozen=True, slots=True)
class Rule:
    """Raise a supervision when a fact reaches a number.

    Attributes:
        trigger: 1 to 5 (Weifang hotline regulation, Art. 26).
        kind: ``daily``, ``listed`` or ``talk``.
        reply_days: working days for the reply.
        valid_to: first local day it no longer holds, or None.
    """

    code: str
    trigger: int
    kind: str
    fact: Fact
    at_least: int
    reply_days: int
    valid_from: date
    valid_to: date | None = None
    basis: str = ""


def hits(rules: Iterable[Rule], facts: Mapping[Fact, int], *, on: date) -> tuple[Rule, ...]:
    """Return the rules in force on a day whose number is reached, in their order."""
    return tuple(
        rule
        for rule in rules
        if rule.valid_from <= on
        and (rule.valid_to is None or on < rule.valid_to)
        and facts.get(rule.fact, 0) >= rule.at_least
    )


def next_percent(ladder: Sequence[int], said: int) -> int | None:
    """Return the lowest rung above the one that was said last, or None at the top."""
    return min((percent for percent in ladder if percent > said), default=None)
