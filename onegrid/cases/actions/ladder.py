"""Write the county's escalation ladder and the rules that raise a supervision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Rung, WatchRule
from onegrid.cases.oversight_terms import LADDER_CLOCKS, Receiver, SupervisionKind, Trigger
from onegrid.common.refusals import Invalid
from onegrid.core.oversight import Fact

_CLOCKS = frozenset(value for value, _ in LADDER_CLOCKS)


def define_rung(*, percent: int, receiver: str, clocks: tuple[str, ...], sms: bool) -> UUID:
    """Add or change a rung; its percentage is its identity.

    Args:
        percent: used-up share of the promise, 1 to 1000.

    Raises:
        Invalid: a value is not on its list.
    """
    if not 1 <= percent <= 1000:
        raise Invalid("rung.percent", field="percent")
    if receiver not in Receiver.values:
        raise Invalid("rung.receiver", field="receiver")
    if not clocks or not _CLOCKS.issuperset(clocks):
        raise Invalid("rung.clocks", field="clocks")
    row, _ = Rung.objects.update_or_create(
        percent=percent,
        defaults={"receiver": receiver, "clocks": list(clocks), "sms": sms},
    )
    reference.ladder.clear()
    return row.id


def define_watch_rule(
    *,
    code: str,
    trigger: int,
    kind: str,
    fact: str,
    at_least: int,
    reply_days: int,
    basis: str,
    valid_from: date,
) -> UUID:
    """Add a version of a rule, or return the same one; the version before it ends the day before.

    Raises:
        Invalid: a value is not on its list, or not positive.
    """
    values: dict[str, Any] = {
        "trigger": trigger,
        "kind": kind,
        "fact": fact,
        "at_least": at_least,
        "reply_days": reply_days,
        "basis": basis,
    }
    _check_rule(code, values)
    row, made = WatchRule.objects.get_or_create(code=code, valid_from=valid_from, defaults=values)
    if made:
        WatchRule.objects.filter(
            code=code, valid_from__lte=valid_from - timedelta(days=1), valid_to__isnull=True
        ).update(valid_to=valid_from)
    reference.watch_rules.clear()
    return row.id


def _check_rule(code: str, values: dict[str, Any]) -> None:
    if not code.strip() or len(code) > 24:
        raise Invalid("watchrule.code", field="code")
    if values["trigger"] not in Trigger.values:
        raise Invalid("supervision.trigger", field="trigger")
    if values["kind"] not in SupervisionKind.values:
        raise Invalid("supervision.kind", field="kind")
    if values["fact"] not in {one.value for one in Fact}:
        raise Invalid("watchrule.fact", field="fact")
    if values["at_least"] < 1:
        raise Invalid("watchrule.at_least", field="at_least")
    if not 1 <= values["reply_days"] <= 30:
        raise Invalid("supervision.days", field="days", most=30)
