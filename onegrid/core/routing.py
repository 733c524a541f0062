"""Route by ordered rules: the first that holds wins, and every other one says why it did not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from onegrid.core.triage import words_in

K = TypeVar("K")


class Why(StrEnum):
    """Name what keeps a rule from holding."""

    AREA = "area"
    CATEGORY = "category"
    ITEM = "item"
    WORDS = "words"
    HOURS = "hours"
    NO_UNIT = "no_unit"


@dataclass(frozen=True, slots=True)
class Rule(Generic[K]):
    """Hold the conditions of a rule; an empty one holds for every case.

    Attributes:
        key: what the caller knows it by.
        area: id of a street, community or grid.
        category: code of a category or of the one above it.
        words: one of them has to occur.
        open_now: whether the hours it asks for are kept at the moment of the case.
        unit: where it sends a case; None when there is no such unit at this place.
    """

    key: K
    area: str = ""
    category: str = ""
    item: str = ""
    words: tuple[str, ...] = ()
    open_now: bool = True
    unit: str | None = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what the rules ask of a case; ``categories`` are its own code and the one above."""

    areas: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    item: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Passed(Generic[K]):
    """A rule that was looked at and did not hold."""

    key: K
    why: Why


@dataclass(frozen=True, slots=True)
class Decision(Generic[K]):
    """The rule that holds, with the words found; the rules before it that did not.

    Attributes:
        key: None when no rule holds.
        unasked: rules after the one that held.
    """

    key: K | None
    words: tuple[str, ...]
    passed: tuple[Passed[K], ...]
    unasked: int


def decide(rules: Sequence[Rule[K]], facts: Facts) -> Decision[K]:
    """Return the first rule that holds for a case, and why the ones before it do not."""
    passed: list[Passed[K]] = []
    for place, rule in enumerate(rules):
        found = words_in(facts.text, rule.words)
        why = _fault(rule, facts, found)
        if why is None:
            return Decision(rule.key, found, tuple(passed), len(rules) - place - 1)
        passed.append(Passed(rule.key, why))
    return Decision(None, (), tuple(passed), 0)


def _fault(rule: Rule[K], facts: Facts, found: Iterable[str]) -> Why | None:
    checks = (
        (Why.AREA, not rule.area or rule.area in facts.areas),
        (Why.CATEGORY, not rule.category or rule.category in facts.categories),
        (Why.ITEM, not rule.item or rule.item == facts.item),
        (Why.WORDS, not rule.words or bool(found)),
        (Why.HOURS, rule.open_now),
        (Why.NO_UNIT, rule.unit is not None),
    )
    return next((why for why, holds in checks if not holds), None)
