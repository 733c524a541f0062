"""The demo's estates are played by the actions."""

from __future__ import annotations

from datetime import timedelta

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.demo import estates as demo
from onegrid.demo.people import Cast
from onegrid.estates import queries
from onegrid.estates.models import Estate, Step, Work
from onegrid.estates.queries import Filters
from onegrid.grids.models import Building
from tests.county import COUNTY, Town


def test_old_estates_stand_at_every_stage_and_some_have_service_again(town: Town) -> None:
    for number, house in enumerate(Building.objects.order_by("address")):
        house.compound = f"第{number}院"
        house.save(update_fields=["compound"])
    Building.objects.update(grid_id=town.areas["G11"])
    cast = Cast(now=town.now + timedelta(days=1), resident=town.viewer(Role.RESIDENT))
    cast.clerks[town.areas["C1"]] = town.viewer(Role.COMMUNITY_CLERK)
    demo.make_estates(cast)
    assert Estate.objects.count() == Work.objects.count() == len(demo._STORIES)
    stages = set(Estate.objects.values_list("stage", flat=True))
    assert stages == {"found", "survey", "talk", "agreed", "running", "reviewed"}
    system = Viewer.system(COUNTY)
    [count] = queries.counts(system, now=cast.now)
    assert (count.served, count.overdue) == (2, 2)
    late, _total = queries.estates(system, wanted=Filters(which="overdue"), now=cast.now)
    assert all(row.person for row in late)
    assert Step.objects.filter(deed="back").count() == 1
