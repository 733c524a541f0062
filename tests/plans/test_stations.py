"""Stations of a draft: where they are known from, what they measure, and that walks can count."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Invalid
from onegrid.grids.models import Building
from onegrid.grids.queries import area
from onegrid.plans import actions, queries
from onegrid.plans.models import Draft, Siting
from onegrid.plans.terms import Aim, Purpose, RunState
from tests.county import Town, middle
from tests.plans.steps import a_draft, building, does, planned


def office(town: Town, code: str, at: tuple[int, int]) -> None:
    """Register an office in which people are served."""
    lon, lat = middle(*at)
    Building.objects.create(
        grid_id=town.areas[code],
        compound=f"{code}服务点",
        number="1",
        use="service",
        address=f"{code}服务点",
        floors=1,
        units=0,
        households=0,
        lon=lon,
        lat=lat,
        input_system="wgs84",
        valid_from=town.now,
    )


@pytest.fixture
def offices(town: Town) -> Town:
    office(town, "G11", (0, 0))
    office(town, "G22", (1, 1))
    return town


def chosen(town: Town, **more: Any) -> Siting:
    """Keep the answer of a siting draft: one station in the middle of G21."""
    lon, lat = middle(0, 1)
    site = {"label": "新站", "lon": lon, "lat": lat, "households": 1, "mean": 1, "stands": False}
    given: dict[str, Any] = {
        "name": "驿站选址", "purpose": Purpose.STATION, "aim": Aim.WALK, "reach_m": 300,
        "stations": 1, "state": RunState.DONE, "made_by": uuid4(), "made_by_name": "甲",
        "made_at": town.now, "scope_id": town.areas["S1"],
        "result": {"sites": [site]}, **more,
    }  # fmt: skip
    return Siting.objects.create(**given)


def view(town: Town, draft_id: UUID) -> Any:
    viewer = town.viewer(Role.STREET_OFFICER)
    return queries.draft(viewer=viewer, draft_id=draft_id, now=town.now)


def names(town: Town, draft_id: UUID) -> list[str]:
    return [one.name for one in view(town, draft_id).stations.rows]


def test_without_stations_nothing_is_measured_and_the_walk_cannot_count(town: Town) -> None:
    found = view(town, planned(town))
    assert (found.row.before.walk, found.row.after.walk) == (None, None)
    assert {(one.station, one.walk) for one in found.grids} == {("", None)}
    with pytest.raises(Invalid, match=r"draft\.no_stations"):
        a_draft(town, station=5)


def test_stations_of_the_register_are_measured_whether_the_walk_counts_or_not(
    offices: Town,
) -> None:
    for weight in (0, 60):
        found = view(offices, planned(offices, station=weight))
        assert found.wish.station == weight
        assert found.row.before.walk > 0
        assert found.row.before.no_way == 0
        assert found.row.after.walk == pytest.approx(
            sum(one.walk * one.households for one in found.grids) / 288
        )
        assert {one.station for one in found.grids} == {"G11服务点", "G22服务点"}


def test_the_newest_siting_draft_that_was_answered_counts_before_the_register(
    offices: Town,
) -> None:
    chosen(offices, purpose=Purpose.SHED)
    chosen(offices, state=RunState.FAILED)
    chosen(offices, dropped_at=offices.now)
    assert names(offices, a_draft(offices)) == ["G11服务点", "G22服务点"]
    siting = chosen(offices)
    draft_id = a_draft(offices)
    assert names(offices, draft_id) == ["新站"]
    found = view(offices, draft_id).stations
    assert (found.siting_id, found.siting_name) == (siting.id, "驿站选址")


def test_a_siting_draft_of_the_county_counts_for_its_streets(offices: Town) -> None:
    chosen(offices, scope_id=area(area_id=offices.areas["S1"]).parent_id)
    assert names(offices, a_draft(offices)) == ["新站"]


def test_stations_are_read_anew_when_what_is_asked_for_changes(town: Town) -> None:
    draft_id = planned(town)
    assert view(town, draft_id).row.after.walk is None
    chosen(town)
    wish = view(town, draft_id).wish
    doing = does(town, Role.STREET_OFFICER)
    actions.change_draft(doing=doing, draft_id=draft_id, wish=wish)
    found = view(town, draft_id)
    assert found.row.before.walk > 0
    assert {one.station for one in found.grids} == {"新站"}
    assert found.row.after.walk > 0


def test_an_edit_by_hand_measures_the_walk_again(offices: Town) -> None:
    draft_id = planned(offices)
    before = view(offices, draft_id)
    to = next(one.number for one in before.grids if one.station == "G22服务点")
    moved = building(offices, draft_id, "G11小区1号楼")
    doing = does(offices, Role.STREET_OFFICER)
    actions.paint(doing=doing, draft_id=draft_id, building_ids=[moved], grid=to)
    assert view(offices, draft_id).row.after.walk > before.row.after.walk


def test_why_a_grid_is_here_names_its_station_and_the_walk(offices: Town) -> None:
    draft_id = planned(offices)
    told = queries.stories(viewer=offices.viewer(Role.STREET_OFFICER), draft_id=draft_id)
    rows = {one.number: (one.station, one.walk) for one in view(offices, draft_id).grids}
    assert {one.number: (one.station, one.walk) for one in told} == rows


def test_a_draft_of_before_stations_were_kept_can_still_be_read(town: Town) -> None:
    draft_id = planned(town)
    row = Draft.objects.get(pk=draft_id)
    for figures in (row.before, row.after):
        del figures["walk"], figures["no_way"]
    Draft.objects.filter(pk=draft_id).update(before=row.before, after=row.after, stations={})
    found = view(town, draft_id)
    assert (found.row.before.walk, found.row.after.no_way, found.stations.rows) == (None, 0, ())
