"""The demo county was cut otherwise before: who had a door then is known as well."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.demo.adopt import adopt_town
from onegrid.demo.build import SEED
from onegrid.demo.history import begin_plan, replace_earlier_cut
from onegrid.demo.people import make_units
from onegrid.demo.town import build_town
from onegrid.grids.queries import areas, buildings
from onegrid.plans import queries
from onegrid.plans.models import Adoption, Handover
from onegrid.plans.queries.responsible import responsible
from tests.conftest import COUNTY, MONDAY
from tests.county import county

SINCE = MONDAY - timedelta(days=400)
BEFORE = SINCE - timedelta(days=30)


def silent(_stage: str, _done: int, _all: int) -> None:
    """Tell nobody how far it is."""


@pytest.mark.django_db
def test_nine_communities_with_78_big_grids_became_22_on_a_day_that_is_known() -> None:
    town = build_town(np.random.default_rng(SEED))
    with county(MONDAY):
        adopt_town(town=town, now=MONDAY, since=SINCE - timedelta(days=900), progress=silent)
        adoption_id = replace_earlier_cut(town=town, since=SINCE)
        make_units(now=MONDAY)
        begin_plan(adoption_id=adoption_id, since=SINCE)
        urban = [
            {row.code for row in areas(level="community", on=on) if row.households}
            for on in (BEFORE, MONDAY)
        ]
        assert [len(codes) for codes in urban] == [9, 22]
        assert len(areas(level="grid", on=BEFORE)) == 78
        now = areas(level="grid", on=MONDAY)
        assert {row.code: row.name for row in now} == {
            one.code: one.name for one in town.of_level("grid")
        }
        assert Adoption.objects.get().moved_at == SINCE
        assert not Handover.objects.filter(main=False).exists(), (
            "nobody is asked to sign what is long over"
        )
        house = buildings(area_id=areas(level="county", on=MONDAY)[0].id, on=MONDAY)[0]
        viewer = Viewer.anonymous(COUNTY)
        found = responsible(viewer=viewer, on=BEFORE, now=MONDAY, building_id=house.id)
        assert found.now.place.grid_name.split("社区")[1].startswith("大网格")
        assert found.after is not None
        assert found.now.ends == found.after.begins
        assert found.after.begins is not None
        assert localtime(found.after.begins).date() == localtime(SINCE).date()
        at = responsible(viewer=viewer, on=MONDAY, now=MONDAY, lon=house.lon, lat=house.lat)
        assert at.now.place.grid_code == found.after.place.grid_code
        assert at.before is not None
        system = Viewer.system(COUNTY)
        (row,) = queries.drafts(viewer=system)
        assert row.after is not None
        assert (row.before.grids, row.after.within) == (78, 1.0)
