"""The county's escalation ladder and the rules that raise a supervision, as the starter writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Rung, WatchRule
from onegrid.cases.oversight_terms import LADDER_CLOCKS, Receiver, SupervisionKind, Trigger
from onegrid.common.refusals import Invalid
from onegrid.core.oversight import Fact

MAX_PERCENT, MAX_AT_LEAST, MAX_REPLY_DAYS, MAX_CODE, MAX_BASIS = 1000, 10_000, 30, 24, 200
_CLOCKS = frozenset(value for value, _ in LADDER_CLOCKS)


@dataclass(frozen=True, slots=True)
class RungGiven:
    """What a rung does.

    Attributes:
        percent: used-up share of the promise, 1 to `MAX_PERCENT`; its identity.
        receiver: who is told.
        clocks: on which clocks, and on replies to supervisions.
        sms: also by text message.
    """

    percent: int
    receiver: str
    clocks: Sequence[str]
    sms: bool

    def check(self) -> None:
        """Look at every value.

        Raises:
            Invalid: one is not on its list.
        """
        if not 1 <= self.percent <= MAX_PERCENT:
            raise Invalid("rung.percent", field="percent")
        if self.receiver not in Receiver.values:
            raise Invalid("rung.receiver", field="receiver")
        if not self.clocks or not _CLOCKS.issuperset(self.clocks):
            raise Invalid("rung.clocks", field="clocks")

    def values(self) -> dict[str, Any]:
        """Return what stands in the row beside the percentage."""
        return {"receiver": self.receiver, "clocks": list(self.clocks), "sms": self.sms}


@dataclass(frozen=True, slots=True)
class RuleGiven:
    """When a supervision is raised, and how heavily; `code` is its identity."""

    code: str
    trigger: int
    kind: str
    fact: str
    at_least: int
    reply_days: int
    basis: str

    def check(self) -> None:
        """Look at every value.

        Raises:
            Invalid: one is not on its list, or not within its bounds.
        """
        if not self.code.strip() or len(self.code) > MAX_CODE:
            raise Invalid("watchrule.code", field="code")
        if self.trigger not in Trigger.values:
            raise Invalid("supervision.trigger", field="trigger")
        if self.kind not in SupervisionKind.values:
            raise Invalid("supervision.kind", field="kind")
        if self.fact not in {one.value for one in Fact}:
            raise Invalid("watchrule.fact", field="fact")
        if not 1 <= self.at_least <= MAX_AT_LEAST:
            raise Invalid("watchrule.at_least", field="at_least", most=MAX_AT_LEAST)
        if not 1 <= self.reply_days <= MAX_REPLY_DAYS:
            raise Invalid("supervision.days", field="reply_days", most=MAX_REPLY_DAYS)
        if len(self.basis) > MAX_BASIS:
            raise Invalid("watchrule.basis", field="basis", most=MAX_BASIS)

    def values(self) -> dict[str, Any]:
        """Return what stands in the row beside the code."""
        return {
            "trigger": self.trigger,
            "kind": self.kind,
            "fact": self.fact,
            "at_least": self.at_least,
            "reply_days": self.reply_days,
            "basis": self.basis,
        }


def define_rung(*, given: RungGiven) -> UUID:
    """Add a rung to a new ladder; one that was ever changed or taken off stays as it is.

    Raises:
        Invalid: a value is not on its list.
    """
    given.check()
    known = Rung.objects.filter(percent=given.percent).order_by("-pk").first()
    row = known or Rung.objects.create(percent=given.percent, **given.values())
    reference.ladder.clear()
    return row.id


def define_watch_rule(*, given: RuleGiven, valid_from: date) -> UUID:
    """Add a version of a rule, or return the same one; the version before it ends the day before.

    Raises:
        Invalid: a value is not on its list, or not positive.
    """
    given.check()
    row, made = WatchRule.objects.get_or_create(
        code=given.code, valid_from=valid_from, defaults=given.values()
    )
    if made:
        WatchRule.objects.filter(
            code=given.code, valid_from__lte=valid_from - timedelta(days=1), valid_to__isnull=True
        ).update(valid_to=valid_from)
    reference.watch_rules.clear()
    return row.id
