"""Draft, try and publish the routing rules; a published version is never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.duties.models import RoutingRule, RuleBook
from onegrid.duties.queries import rules as queries
from onegrid.duties.terms import BookState, Hours, Target
from onegrid.organisation.queries import calendars, units

MOST_RULES = 200
MOST_WORDS = 20
MAX_WHY = 200


@dataclass(frozen=True, slots=True)
class RuleGiven:
    """A rule as it was entered; empty conditions hold for every case."""

    target: str
    why: str
    unit_id: UUID | None = None
    area_id: UUID | None = None
    category_code: str = ""
    item_code: str = ""
    words: tuple[str, ...] = ()
    hours: str = ""
    calendar: str = ""
    co_unit_ids: tuple[UUID, ...] = ()


def given(row: queries.RuleRow) -> RuleGiven:
    """Return a rule that stands as it could be entered again."""
    return RuleGiven(**{name: getattr(row, name) for name in RuleGiven.__slots__})


@transaction.atomic
def make_draft(*, by: UUID | None, now: datetime) -> RuleBook:
    """Return the draft, made as a copy of the rules in force where there is none."""
    draft = RuleBook.objects.filter(state=BookState.DRAFT).first()
    if draft is not None:
        return draft
    last = RuleBook.objects.aggregate(last=Max("version"))["last"] or 0
    draft = RuleBook.objects.create(version=last + 1, made_at=now, made_by=by)
    live = queries.live_book()
    _write(draft, [given(row) for row in live.rules] if live else [])
    return draft


@transaction.atomic
def set_rules(*, rules: Sequence[RuleGiven]) -> RuleBook:
    """Put the rules of the draft in a new order, or others in their place.

    Raises:
        NotFound: there is no draft.
        Invalid: a rule cannot be used; ``row`` counts from 1.
    """
    draft = _draft()
    if len(rules) > MOST_RULES:
        raise Invalid("rules.too_many", field="rules", most=MOST_RULES)
    for place, rule in enumerate(rules, start=1):
        check(rule, place)
    RoutingRule.objects.filter(book_id=draft.pk).delete()
    _write(draft, rules)
    draft.tried_at, draft.tried_cases, draft.tried_elsewhere = None, 0, 0
    draft.save(update_fields=["tried_at", "tried_cases", "tried_elsewhere"])
    return draft


def check(rule: RuleGiven, place: int) -> None:
    """Check one rule.

    Raises:
        Invalid: something in it cannot be used.
    """
    if rule.target not in Target.values:
        raise Invalid("rules.target", field="target", row=place)
    if (rule.target == Target.UNIT) != (rule.unit_id is not None):
        raise Invalid("rules.unit", field="unit", row=place)
    if not {unit for unit in (rule.unit_id, *rule.co_unit_ids) if unit} <= units().keys():
        raise Invalid("rules.unit_gone", field="unit", row=place)
    if not rule.why.strip() or len(rule.why) > MAX_WHY:
        raise Invalid("rules.why", field="why", row=place, most=MAX_WHY)
    if len(rule.words) > MOST_WORDS or any(len(word) > 24 for word in rule.words):
        raise Invalid("rules.words", field="words", row=place, most=MOST_WORDS)
    if rule.hours not in Hours.values or bool(rule.hours) != bool(rule.calendar):
        raise Invalid("rules.hours", field="hours", row=place)
    if rule.calendar and rule.calendar not in calendars():
        raise Invalid("rules.calendar", field="calendar", row=place, known=", ".join(calendars()))


def _write(draft: RuleBook, rules: Sequence[RuleGiven]) -> None:
    RoutingRule.objects.bulk_create(
        RoutingRule(
            book_id=draft.pk,
            position=place,
            area_id=rule.area_id,
            category_code=rule.category_code,
            item_code=rule.item_code,
            words=list(rule.words),
            hours=rule.hours,
            calendar=rule.calendar,
            target=rule.target,
            unit_id=rule.unit_id,
            co_unit_ids=list(rule.co_unit_ids),
            why=rule.why.strip(),
        )
        for place, rule in enumerate(rules, start=1)
    )


def note_trial(*, cases: int, elsewhere: int, now: datetime) -> None:
    """Write down that the draft was tried on past cases.

    Raises:
        NotFound: there is no draft.
    """
    draft = _draft()
    draft.tried_at, draft.tried_cases, draft.tried_elsewhere = now, cases, elsewhere
    draft.save(update_fields=["tried_at", "tried_cases", "tried_elsewhere"])


@transaction.atomic
def publish(*, now: datetime) -> RuleBook:
    """Let the draft take the place of the rules in force.

    Raises:
        NotFound: there is no draft.
        Conflict: it was not tried since its last change, or has no rule.
    """
    draft = _draft()
    if not RoutingRule.objects.filter(book_id=draft.pk).exists():
        raise Conflict("rules.empty")
    if draft.tried_at is None:
        raise Conflict("rules.not_tried")
    live = RuleBook.objects.filter(state=BookState.LIVE)
    live.update(state=BookState.PAST, live_to=now)
    draft.state, draft.live_from = BookState.LIVE, now
    draft.save(update_fields=["state", "live_from"])
    queries.clear()
    return draft


@transaction.atomic
def discard_draft() -> None:
    """Throw the draft away.

    Raises:
        NotFound: there is no draft.
    """
    draft = _draft()
    RoutingRule.objects.filter(book_id=draft.pk).delete()
    RuleBook.objects.filter(pk=draft.pk).delete()


def _draft() -> RuleBook:
    draft = RuleBook.objects.select_for_update().filter(state=BookState.DRAFT).first()
    if draft is None:
        raise NotFound("rules.no_draft")
    return draft
