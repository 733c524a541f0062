"""The escalation ladder and the rules of supervision as they stand, and who changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions.rule_changes import CHANGERS
from onegrid.cases.models import RuleChange, Rung, WatchRule
from onegrid.common.refusals import Forbidden

#: Changes shown, the latest first.
MOST = 100


@dataclass(frozen=True, slots=True)
class RungHeld:
    """A rung that holds."""

    percent: int
    receiver: str
    clocks: tuple[str, ...]
    sms: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule; `holds` today, `latest` of its code."""

    code: str
    trigger: int
    kind: str
    fact: str
    at_least: int
    reply_days: int
    basis: str
    valid_from: date
    valid_to: date | None
    holds: bool
    latest: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Who changed what, when and why; empty `before` or `after`: nothing stood there."""

    at: datetime
    by: str
    subject: str
    code: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What the county watches."""

    rungs: tuple[RungHeld, ...]
    rules: tuple[RuleVersion, ...]
    changes: tuple[ChangeRow, ...]


def rule_book(viewer: Viewer, *, now: datetime) -> RuleBook:
    """Return the rungs that hold, every version of the rules, and the last `MOST` changes.

    Raises:
        Forbidden: the viewer may not say what is watched.
    """
    if not viewer.has(*CHANGERS):
        raise Forbidden("forbidden")
    rungs = Rung.objects.filter(until__isnull=True).order_by("percent")
    changes = RuleChange.objects.order_by("-at", "-id")[:MOST]
    return RuleBook(
        rungs=tuple(
            RungHeld(row.percent, row.receiver, tuple(row.clocks), row.sms, row.since)
            for row in rungs
        ),
        rules=_rules(localtime(now).date()),
        changes=tuple(
            ChangeRow(row.at, row.by_name, row.subject, row.code, row.before, row.after, row.reason)
            for row in changes
        ),
    )


def _rules(on: date) -> tuple[RuleVersion, ...]:
    rows = list(WatchRule.objects.order_by("trigger", "code", "-valid_from"))
    latest: dict[str, date] = {}
    for row in rows:
        latest.setdefault(row.code, row.valid_from)
    return tuple(
        RuleVersion(
            code=row.code,
            trigger=row.trigger,
            kind=row.kind,
            fact=row.fact,
            at_least=row.at_least,
            reply_days=row.reply_days,
            basis=row.basis,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            holds=row.valid_from <= on and (row.valid_to is None or on < row.valid_to),
            latest=latest[row.code] == row.valid_from,
        )
        for row in rows
    )
