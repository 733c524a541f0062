"""What tests of approval share: the rules of the county, heads, and who may approve themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases import actions
from onegrid.cases.actions import MilestoneGiven
from onegrid.cases.models import Case, Step
from onegrid.duties.models import LawRule
from onegrid.duties.queries.law import clear
from onegrid.duties.terms import Parameter
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town
from tests.flows.sharing import DAY, MINUTE, _person, by
from tests.web.staff import forward

LATER = 20 * MINUTE
MEASURES = "一、现场查勘；二、更换主管；三、试压验收"
ANSWERS = {1: "已更换水管阀门，现场不再漏水"}


def rules(*, plan: int = 0, closure: int = 0) -> None:
    """Set what the county asks approval for, from long ago on."""
    for parameter, amount in (
        (Parameter.PLAN_APPROVAL, plan),
        (Parameter.CLOSURE_APPROVAL, closure),
    ):
        LawRule.objects.filter(parameter=parameter).update(amount=amount)
    clear()


def head(town: Town, unit: str, person: str = "长", *, itself: bool = False) -> Viewer:
    """Return a head of a unit, by its code."""
    unit_id = town.units[unit]
    grant = Grant(Role.UNIT_HEAD, ScopeLevel.UNIT, unit_id=unit_id, self_approval=itself)
    return Viewer(_person(unit + person), COUNTY, name=f"{unit}{person}", grants=(grant,))


def alone(viewer: Viewer) -> Viewer:
    """Return somebody with the right to approve own work."""
    return replace(viewer, grants=tuple(replace(one, self_approval=True) for one in viewer.grants))


def working(town: Town, case_class: str = "complex", **more: Any) -> Case:
    """Bring a case to where the water bureau handles it."""
    return forward(town, until="in_progress", case_class=case_class, **more)


def plan_of(town: Town, days: int = 3) -> dict[str, Any]:
    """Return a plan as typed."""
    stone = MilestoneGiven("完成", (town.now + days * DAY).date())
    return {"measures": MEASURES, "owner_name": "王强", "milestones": (stone,)}


def submit_plan(
    town: Town, case: Case, who: Role | Viewer = Role.UNIT_MEMBER, at: timedelta = 10 * MINUTE
) -> Case:
    """Submit the plan."""
    return actions.ask_plan(case_id=case.pk, doing=by(town, who, at), **plan_of(town))


def submit_closure(
    town: Town,
    case: Case,
    who: Role | Viewer = Role.UNIT_MEMBER,
    at: timedelta = 10 * MINUTE,
    **more: Any,
) -> Case:
    """Submit the report of done."""
    told = {"result": "solved", "answers": ANSWERS, **more}
    return actions.ask_closure(case_id=case.pk, doing=by(town, who, at), **told)


def decide(
    town: Town, case: Case, what: str, who: Role | Viewer = Role.UNIT_HEAD, **more: Any
) -> Case:
    """Decide on what was submitted; approve it unless told otherwise."""
    act = actions.decide_plan if what == "plan" else actions.decide_closure
    told = {"ok": True, "text": "同意", **more}
    at = told.pop("at", LATER)
    return act(case_id=case.pk, doing=by(town, who, at), **told)


def finish(town: Town, case: Case, who: Role | Viewer = Role.UNIT_MEMBER, **more: Any) -> Case:
    """Report done directly."""
    told = {"result": "solved", "answers": ANSWERS, **more}
    return actions.finish(case_id=case.pk, doing=by(town, who, LATER), **told)


def publish(town: Town, case: Case, who: Role | Viewer = Role.UNIT_MEMBER) -> Case:
    """Publish the plan directly."""
    return actions.publish_plan(case_id=case.pk, doing=by(town, who, LATER), **plan_of(town))


def steps(case: Case, count: int) -> list[tuple[str, str]]:
    """Return the last steps and the relation in which each was taken."""
    rows = Step.objects.filter(case_id=case.pk).order_by("-seq")[:count]
    return [(row.action, row.relation) for row in rows][::-1]


def told(template: str) -> int:
    """Return how many messages of a template wait to be sent."""
    return Outbox.objects.filter(template=template).count()
