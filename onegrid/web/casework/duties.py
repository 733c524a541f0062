"""What the page of a case says of duties: its item, why this unit, what was pushed down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onegrid.accounts.viewer import Viewer
from onegrid.cases import routing
from onegrid.cases.queries import CaseView
from onegrid.cases.routing import Proposal
from onegrid.core.flow import Action
from onegrid.core.routing import Why
from onegrid.duties import queries as duties
from onegrid.duties.queries import ItemRow

WHY_NOT = {
    Why.AREA: gettext_lazy("the place lies elsewhere"),
    Why.CATEGORY: gettext_lazy("another category"),
    Why.ITEM: gettext_lazy("another item, or none"),
    Why.WORDS: gettext_lazy("none of its words occurs"),
    Why.HOURS: gettext_lazy("not at this time"),
    Why.NO_UNIT: gettext_lazy("there is no such unit at this place"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One rule that was looked at: its number, what it is for, and why it does not hold."""

    number: int
    why: str
    fault: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why this unit: what the rules say now, rule by rule."""

    headline: str
    words: str
    unit: str
    co_units: str
    passed: Sequence[Told]
    unasked: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """A duty that was pushed down to a community, with its basis and reason."""

    owner: str
    item: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duty:
    """The section; ``sent`` says by which rule the last dispatch went."""

    item: ItemRow | None
    no_item: bool
    explained: Explained | None
    sent: str
    pushed: Pushed | None


def duty(viewer: Viewer, view: CaseView, now: datetime) -> Duty | None:
    """Return what is known of the duty behind a case; None before it was classified."""
    if not view.case.class_confirmed:
        return None
    choosing = Action.DISPATCH in view.actions
    step = next((one for one in reversed(view.steps) if one.action == Action.DISPATCH), None)
    item = duties.item(view.case.item_id)
    return Duty(
        item=item,
        no_item=item is None,
        explained=explain(routing.propose(view.case, now=now)) if choosing else None,
        sent=_sent(step.data) if step is not None else "",
        pushed=_pushed(step.data, step.text) if step is not None else None,
    )


def explain(found: Proposal) -> Explained | None:
    """Return a proposal in words; None where no rules are in force."""
    if found.version is None:
        return None
    if found.rule is None:
        headline = _("No rule of version %(v)s holds for this case.") % {"v": found.version}
    else:
        words = {"n": found.rule.position, "v": found.version, "why": found.rule.why}
        headline = _("Rule %(n)s of version %(v)s holds: %(why)s") % words
    return Explained(
        headline=headline,
        words="、".join(found.words),
        unit=found.unit.name if found.unit else "",
        co_units="、".join(unit.name for unit in found.co_units),
        passed=[
            Told(one.rule.position, one.rule.why, str(WHY_NOT[one.why])) for one in found.passed
        ],
        unasked=found.unasked,
    )


def _sent(data: Mapping[str, object]) -> str:
    rules = data.get("rules")
    if not isinstance(rules, dict):
        return ""
    rule = rules.get("rule")
    if not isinstance(rule, dict):
        return _("No rule of version %(v)s held; a person chose the unit.") % {
            "v": rules["version"]
        }
    words = {"n": rule["number"], "v": rules["version"], "why": rule["why"]}
    if rules.get("followed"):
        return _("Sent by rule %(n)s of version %(v)s: %(why)s") % words
    return _("A person chose another unit than rule %(n)s of version %(v)s (%(why)s).") % words


def _pushed(data: Mapping[str, object], reason: str) -> Pushed | None:
    kept = data.get("pushed_down")
    if not isinstance(kept, dict):
        return None
    return Pushed(str(kept["owner"]), str(kept["item"]), str(kept["by"]), reason)
