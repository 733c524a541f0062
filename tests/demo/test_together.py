"""What the demo shows of work that several people share is played by the actions."""

from __future__ import annotations

from datetime import timedelta

from onegrid.accounts.terms import Role
from onegrid.cases.models import Ask, Case, CoUnit, Meeting, Supervision
from onegrid.demo.people import Cast
from onegrid.demo.together import share_work
from onegrid.organisation.queries import units
from onegrid.outreach.models import PartyRequest
from tests.calls.people import colleague
from tests.county import Town


def test_every_way_of_sharing_work_is_there_to_be_seen(town: Town) -> None:
    cast = Cast(
        now=town.now + timedelta(days=9),
        resident=town.viewer(Role.RESIDENT),
        first_community=town.areas["C1"],
        county={role: town.viewer(role) for role in (Role.DISPATCHER, Role.SUPERVISOR)},
        clerks={town.areas["C1"]: town.viewer(Role.COMMUNITY_CLERK)},
    )
    for unit in units().values():
        if unit.kind == "department":
            cast.members[unit.id] = colleague(town, unit.code, f"{unit.name}队员")
    share_work(cast)
    states = set(Case.objects.values_list("state", flat=True))
    assert states == {
        "in_progress", "on_hold", "return_req", "arbitration", "merged", "external", "not_accepted",
    }  # fmt: skip
    open_asks = Ask.objects.filter(state="open").values_list("kind", flat=True)
    assert sorted(open_asks) == ["extension", "return", "return"]
    helpers = CoUnit.objects.values_list("reported_at", flat=True)
    assert len(helpers) == 2 and sum(at is None for at in helpers) == 1
    assert Meeting.objects.count() == PartyRequest.objects.count() == 1
    assert Supervision.objects.get().state == "replied"
