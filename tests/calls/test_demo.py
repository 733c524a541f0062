"""The demo's rosters and calls are played by the actions."""

from __future__ import annotations

from datetime import timedelta

from onegrid.accounts.terms import Role
from onegrid.calls.models import DutyTeam, Event, Shift, Summons, Swap
from onegrid.calls.queries.duty import Spot, answering
from onegrid.demo.calls import MATTERS, make_calls, make_rosters
from onegrid.demo.people import Cast
from onegrid.organisation.queries import units
from tests.calls.people import colleague
from tests.county import Town, report


def test_twelve_teams_and_two_on_call_have_rosters_and_calls_in_every_state(town: Town) -> None:
    now = town.now
    cast = Cast(now=now, resident=town.viewer(Role.RESIDENT), first_community=town.areas["C1"])
    cast.clerks[town.areas["C1"]] = town.viewer(Role.COMMUNITY_CLERK)
    for unit in units().values():
        if unit.kind == "department":
            cast.members[unit.id] = colleague(town, unit.code, f"{unit.name}队员")
    report(town, at=now - timedelta(hours=1))
    make_rosters(cast)
    make_calls(cast)
    kinds = list(DutyTeam.objects.values_list("kind", flat=True))
    assert (kinds.count("resident"), kinds.count("on_call")) == (12, 2)
    assert Shift.objects.count() == 14 * 61 - 1
    spot = Spot(town.areas["C1"], town.areas["S1"])
    assert all(one.shifts for one in answering(spot=spot, now=now)), "everybody is on duty now"
    stages = set(Summons.objects.values_list("stage", flat=True))
    assert stages == {"called", "signed_in", "arrived", "reported", "ended"}
    deeds = set(Event.objects.values_list("deed", flat=True))
    assert {"remind", "escalate", "rate", "end"} <= deeds
    assert Summons.objects.count() == sum(len(one.units) for one in MATTERS) + 1 * (
        Summons.objects.filter(call__case__isnull=False).count()
    )
    assert Swap.objects.get().state == "asked"
