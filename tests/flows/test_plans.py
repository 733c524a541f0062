"""S2, S3, S4: a town is cut anew, from the import of a layer to "who was responsible before?"."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import make_aware

from onegrid.accounts.terms import Role
from onegrid.cases.models import Case
from onegrid.common.refusals import Conflict, Forbidden
from onegrid.grids import queries as grids
from onegrid.plans import actions, change, queries
from onegrid.plans.actions import Doing
from onegrid.plans.actions.layers import import_layer
from onegrid.plans.queries.responsible import responsible
from tests.county import SIDE, SOUTH, WEST, Town, middle, report
from tests.plans.steps import approved, building, does, numbers, planned

OFFICER, SUPERVISOR = Role.STREET_OFFICER, Role.SUPERVISOR
DAY = date(2026, 3, 9)
BEGINS = make_aware(datetime(2026, 3, 9))
BEFORE, AFTER = BEGINS - timedelta(hours=1), BEGINS + timedelta(hours=1)


def view(town: Town, draft_id: UUID) -> Any:
    return queries.draft(viewer=town.viewer(SUPERVISOR), draft_id=draft_id, now=town.now)


def railway(town: Town, x: float) -> None:
    """Import a railway from south to north."""
    line = [[x, SOUTH - 0.01], [x, SOUTH + 3 * SIDE]]
    feature = {
        "type": "Feature",
        "properties": {"class": "railway"},
        "geometry": {"type": "LineString", "coordinates": line},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    import_layer(
        doing=does(town, SUPERVISOR),
        kind="barriers",
        name="铁路",
        file_name="rail.geojson",
        content=content,
        system="wgs84",
    )


def test_s2_a_plan_shows_size_reach_and_balance_before_and_after(town: Town) -> None:
    found = view(town, planned(town))
    before, after = found.row.before, found.row.after
    assert (before.grids, before.within) == (4, 0.0)
    assert (after.grids, after.within, after.whole) == (2, 1.0, 1.0)
    assert after.rms > before.rms > 0
    assert (after.moved, after.moved_share) == (144, 0.5)
    assert sum(one.households for one in found.grids) == 288
    moved = queries.movers(viewer=town.viewer(OFFICER), draft_id=found.row.id)
    assert sum(one.households for one in moved) == 144


def test_s2_no_grid_reaches_across_an_imported_railway(town: Town) -> None:
    railway(town, WEST + SIDE)
    found = view(town, planned(town, community_least=10, community_most=1000))
    by_address = numbers(town, found.row.id)
    west = {by_address[f"{code}小区1号楼"] for code in ("G11", "G21")}
    east = {by_address[f"{code}小区1号楼"] for code in ("G12", "G22")}
    assert len(west) == len(east) == 1
    assert west != east


def test_s2_a_plan_with_a_gap_or_an_overlap_is_not_adopted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = planned(town)
    approved(town, draft_id)
    whole = change.outlines
    before = list(grids.areas(on=AFTER))
    for torn_by, code in ((-1e-5, "gap"), (1e-5, "overlap")):

        def torn(*args: Any, by: float = torn_by) -> dict[int, Any]:
            shapes = whole(*args)
            first = min(shapes)
            return {**shapes, first: shapes[first].buffer(by)}

        monkeypatch.setattr(change, "outlines", torn)
        with pytest.raises(Conflict, match=rf"plan\.{code}"):
            actions.adopt(doing=does(town, SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    assert list(grids.areas(on=AFTER)) == before


def test_s3_communities_and_grids_out_of_the_band_are_listed(town: Town) -> None:
    county = Doing(town.viewer(SUPERVISOR), town.now, uuid4())
    actions.set_band(doing=county, level="grid", least=70, most=80)
    actions.set_band(doing=county, level="community", least=100, most=140)
    assert [(one.code, one.by) for one in queries.out_of_band(on=town.now)] == [
        ("C1", 4),
        ("C2", 4),
    ]


def test_s4_a_town_is_cut_anew_and_the_past_stays_answerable(town: Town) -> None:
    open_case = report(town, point=middle(1, 0))
    draft_id, other = planned(town), planned(town, least=60, most=90, name="方案二")
    rows = queries.compare(viewer=town.viewer(OFFICER), draft_ids=[draft_id, other])
    assert [(row.name, row.after.grids if row.after else 0) for row in rows] == [
        ("方案一", 2),
        ("方案二", 4),
    ]
    drawn = numbers(town, draft_id)
    actions.paint(
        doing=does(town, OFFICER),
        draft_id=draft_id,
        building_ids=[building(town, draft_id, "G12小区2号楼")],
        grid=drawn["G21小区1号楼"],
    )
    actions.undo(doing=does(town, OFFICER), draft_id=draft_id)
    assert numbers(town, draft_id) == drawn
    actions.comment(doing=does(town, Role.COMMUNITY_SECRETARY), draft_id=draft_id, text="同意")
    approved_by_two(town, draft_id)
    expected = queries.consequences(viewer=town.viewer(SUPERVISOR), draft_id=draft_id, now=town.now)
    assert (expected.households, expected.cases, expected.people) == (144, 1, 1)
    adoption_id = actions.adopt(doing=does(town, SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    actions.begin(adoption_id=adoption_id, now=AFTER)
    while actions.move_cases(adoption_id=adoption_id, now=AFTER):
        pass
    was, is_now = answer(town, BEFORE), answer(town, AFTER)
    assert was.now.place.grid_code == "G12"
    assert is_now.before.place.grid_code == "G12"
    assert is_now.now.begins == BEGINS
    assert Case.objects.get(pk=open_case.case_id).grid_id == is_now.now.place.grid_id


def answer(town: Town, on: datetime) -> Any:
    lon, lat = middle(1, 0)
    return responsible(viewer=town.viewer(SUPERVISOR), on=on, now=AFTER, lon=lon, lat=lat)


def approved_by_two(town: Town, draft_id: UUID) -> None:
    """Submit and agree as the officer of the street; only somebody else approves."""
    actions.submit(doing=does(town, OFFICER), draft_id=draft_id)
    actions.agree(doing=does(town, OFFICER), draft_id=draft_id)
    with pytest.raises(Forbidden):
        actions.approve(doing=does(town, OFFICER), draft_id=draft_id)
    actions.approve(doing=does(town, SUPERVISOR), draft_id=draft_id)
