"""What the demo shows of approval is played by the actions."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localtime

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role
from onegrid.cases.models import Ask, Case, Step
from onegrid.demo.approval import ALONE, approve, ask_for_approval
from onegrid.demo.people import Cast
from onegrid.duties.queries.law import amount, clear
from onegrid.duties.terms import Parameter
from onegrid.organisation.queries import units
from tests.calls.people import colleague
from tests.county import Town


def test_every_way_of_approval_is_there_to_be_seen(town: Town) -> None:
    now = town.now + timedelta(days=9)
    cast = Cast(
        now=now,
        resident=town.viewer(Role.RESIDENT),
        first_community=town.areas["C1"],
        county={Role.DISPATCHER: town.viewer(Role.DISPATCHER)},
        clerks={town.areas["C1"]: town.viewer(Role.COMMUNITY_CLERK)},
    )
    for unit in units().values():
        if unit.kind == "department":
            cast.members[unit.id] = colleague(town, unit.code, f"{unit.name}队员")
            cast.heads[unit.id] = colleague(
                town, unit.code, f"{unit.name}负责人", role=Role.UNIT_HEAD
            )
    ask_for_approval(now=now)
    approve(cast)
    asks = Ask.objects.order_by("asked_at").values_list("kind", "state")
    assert sorted(asks) == [
        ("closure", "open"), ("plan", "granted"), ("plan", "open"), ("plan", "refused"),
    ]  # fmt: skip
    assert Case.objects.filter(approval_open=True).count() == 2
    alone = Step.objects.get(action="publish_plan", data__self_approved=True)
    assert alone.actor_id == cast.heads[town.units[ALONE]].user_id
    assert RoleGrant.objects.filter(self_approval=True).count() == 1
    before = localtime(now).date() - timedelta(days=3)
    assert amount(Parameter.PLAN_APPROVAL, on=before) == 0
    clear()
