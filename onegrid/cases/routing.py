"""Which unit is proposed for a case, by which rule, and why the others were passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Case
from onegrid.core.calendar import is_open
from onegrid.core.routing import Facts, Rule, Why, decide
from onegrid.duties import queries as duties
from onegrid.duties.queries import BookRow, ItemRow, RuleRow
from onegrid.duties.terms import Hours, Target
from onegrid.organisation.queries import UnitRow, calendars, unit_of_area, units


@dataclass(frozen=True, slots=True)
class PassedRule:
    """A rule that was looked at and did not hold."""

    rule: RuleRow
    why: Why


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say of a case.

    Attributes:
        version: of the rules; None when none were published.
        rule: None when no rule holds, which is said, never passed over in silence.
        words: words of the text that the rule asked for.
        unasked: rules after the one that held.
    """

    version: int | None
    rule: RuleRow | None
    unit: UnitRow | None
    co_units: tuple[UnitRow, ...]
    words: tuple[str, ...]
    passed: tuple[PassedRule, ...]
    unasked: int

    def record(self, unit_id: UUID) -> dict[str, object]:
        """Return what the step of a dispatch keeps of it."""
        if self.version is None:
            return {}
        rule = {"number": self.rule.position, "why": self.rule.why} if self.rule else None
        followed = self.unit is not None and self.unit.id == unit_id
        return {"rules": {"version": self.version, "rule": rule, "followed": followed}}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules ask of a case; past cases are asked without loading them whole."""

    text: str
    category_id: UUID | None
    item_id: UUID | None
    grid_id: UUID | None
    community_id: UUID | None
    street_id: UUID | None

    @classmethod
    def of(cls, case: Case) -> Asked:
        """Return what the rules ask of a case row."""
        return cls(
            f"{case.title}\n{case.text}",
            case.category_id,
            case.item_id,
            case.grid_id,
            case.community_id,
            case.street_id,
        )


def propose(case: Case, *, now: datetime) -> Proposal:
    """Return the unit that the rules in force propose, with the whole explanation."""
    return apply(duties.live_book(), Asked.of(case), at=now)


def apply(book: BookRow | None, asked: Asked, *, at: datetime) -> Proposal:
    """Ask the rules of a version about a case at a moment."""
    if book is None:
        return Proposal(None, None, None, (), (), (), 0)
    item = duties.item(asked.item_id)
    found = {rule.id: _unit(rule, asked, item) for rule in book.rules}
    rules = [_rule(rule, found[rule.id], at) for rule in book.rules]
    decision = decide(rules, _facts(asked, item))
    chosen = decision.key
    known = units()
    return Proposal(
        version=book.version,
        rule=chosen,
        unit=found[chosen.id] if chosen else None,
        co_units=tuple(known[pk] for pk in chosen.co_unit_ids if pk in known) if chosen else (),
        words=decision.words,
        passed=tuple(PassedRule(passed.key, passed.why) for passed in decision.passed),
        unasked=decision.unasked,
    )


def _facts(asked: Asked, item: ItemRow | None) -> Facts:
    rows = reference.categories.get()
    category = rows.get(asked.category_id) if asked.category_id else None
    above = rows.get(category.parent_id) if category and category.parent_id else None
    areas = (asked.grid_id, asked.community_id, asked.street_id)
    return Facts(
        areas=frozenset(str(area) for area in areas if area),
        categories=frozenset(row.code for row in (category, above) if row),
        item=item.code if item else "",
        text=asked.text,
    )


def _rule(rule: RuleRow, unit: UnitRow | None, at: datetime) -> Rule[RuleRow]:
    return Rule(
        key=rule,
        area=str(rule.area_id) if rule.area_id else "",
        category=rule.category_code,
        item=rule.item_code,
        words=rule.words,
        open_now=_open(rule, at),
        unit=unit.name if unit else None,
    )


def _open(rule: RuleRow, at: datetime) -> bool:
    calendar = calendars().get(rule.calendar)
    if not rule.hours or calendar is None:
        return not rule.hours
    return is_open(calendar, at) == (rule.hours == Hours.INSIDE)


def _unit(rule: RuleRow, asked: Asked, item: ItemRow | None) -> UnitRow | None:
    """Return where a rule sends a case of this place; None: there is no such unit."""
    if rule.target == Target.UNIT:
        return units().get(rule.unit_id) if rule.unit_id else None
    if rule.target == Target.COMMUNITY:
        return unit_of_area(asked.community_id)
    if rule.target == Target.STREET:
        return unit_of_area(asked.street_id)
    if rule.target == Target.ITEM:
        return owner_of(item, asked)
    category = reference.categories.get().get(asked.category_id) if asked.category_id else None
    return units().get(category.default_unit_id) if category and category.default_unit_id else None


def owner_of(item: ItemRow | None, asked: Asked) -> UnitRow | None:
    """Return the unit whose duty an item is at the place of a case."""
    if item is None:
        return None
    return duties.owner_unit(item, community_id=asked.community_id, street_id=asked.street_id)
