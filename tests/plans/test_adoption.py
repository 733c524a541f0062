"""Adoption: what begins on the day, what moves, what is refused, and how it is taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import shapely
from django.utils.timezone import make_aware
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onegrid.accounts.models import RoleChange, RoleGrant
from onegrid.accounts.queries import current_grants
from onegrid.accounts.terms import Role
from onegrid.cases.models import Case, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.grids import queries as grids
from onegrid.grids.models import Area, Building, Membership
from onegrid.organisation.queries import units
from onegrid.plans import actions, queries
from onegrid.plans.ground import Ground, pack
from onegrid.plans.models import Adoption, Draft, Handover
from onegrid.plans.terms import Status
from tests.county import COUNTY, Town, middle, report, square
from tests.plans.steps import a_draft, approved, building, does, numbers, planned

DAY = date(2026, 3, 9)
BEGINS = make_aware(datetime(2026, 3, 9))
BEFORE, AFTER = BEGINS - timedelta(minutes=1), BEGINS + timedelta(minutes=1)


def adopted(town: Town, draft_id: UUID) -> UUID:
    approved(town, draft_id)
    return actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)


def begun(adoption_id: UUID, now: datetime = AFTER) -> int:
    actions.begin(adoption_id=adoption_id, now=now)
    moved = 0
    while more := actions.move_cases(adoption_id=adoption_id, now=now):
        moved += more
    return moved


def grid_at(spot: tuple[float, float], on: datetime) -> str:
    found = grids.grid_at(tenant_id=COUNTY, lon=spot[0], lat=spot[1], on=on)
    return found.grid_code if found else ""


def codes(on: datetime) -> list[str]:
    return sorted(row.code for row in grids.areas(level="grid", on=on))


def test_the_plan_of_a_day_begins_with_it_and_the_past_stays(town: Town) -> None:
    draft_id = planned(town)
    new = {one.code: one for one in queries.draft(
        viewer=town.viewer(Role.SUPERVISOR), draft_id=draft_id, now=town.now).grids}  # fmt: skip
    adopted(town, draft_id)
    assert codes(BEFORE) == ["G11", "G12", "G21", "G22"]
    assert codes(BEGINS) == sorted(new)
    assert grid_at(middle(0, 0), BEFORE) == "G11"
    lower = next(code for code, one in new.items() if one.community_code == "C1")
    assert {grid_at(middle(column, 0), BEGINS) for column in (0, 1)} == {lower}
    house = Building.objects.get(address="G12小区1号楼").id
    before = grids.building(building_id=house, on=BEFORE)
    after = grids.building(building_id=house, on=BEGINS)
    assert grids.area(area_id=before.grid_id).code == "G12"
    assert grids.area(area_id=after.grid_id).code == lower
    inside = grids.buildings(area_id=after.grid_id, on=BEGINS)
    assert {row.address for row in inside} == {f"G1{n}小区{m}号楼" for n in (1, 2) for m in (1, 2)}
    assert [row.address for row in grids.buildings(area_id=before.grid_id, on=BEFORE)] == [
        "G12小区1号楼",
        "G12小区2号楼",
    ]


def test_communities_that_keep_their_buildings_keep_their_row(town: Town) -> None:
    adopted(town, planned(town))
    for code in ("C1", "C2"):
        row = grids.area(area_id=town.areas[code])
        assert row.valid(AFTER)
    assert {row.parent_id for row in grids.areas(level="grid", on=AFTER)} == {
        town.areas["C1"],
        town.areas["C2"],
    }


def test_open_cases_people_and_lists_move_and_closed_cases_stay(town: Town) -> None:
    moving, staying = report(town, point=middle(0, 0)), report(town, point=middle(1, 0))
    gone = report(town, point=middle(0, 0))
    Case.objects.filter(pk=gone.case_id).update(state="closed", closed_at=town.now)
    worker = town.viewer(Role.GRID_WORKER)
    assert worker.user_id is not None
    adoption_id = adopted(town, planned(town))
    assert not actions.begin(adoption_id=adoption_id, now=BEFORE)
    assert actions.due_adoptions(now=BEFORE) == ()
    assert actions.due_adoptions(now=AFTER) == (adoption_id,)
    assert begun(adoption_id) == 2
    assert begun(adoption_id) == 0
    new = grids.grid_at(tenant_id=COUNTY, lon=middle(0, 0)[0], lat=middle(0, 0)[1], on=AFTER)
    assert new is not None
    for case_id in (moving.case_id, staying.case_id):
        case = Case.objects.get(pk=case_id)
        assert (case.grid_id, case.community_id) == (new.grid_id, town.areas["C1"])
        step = Step.objects.get(case_id=case_id, action="note")
        assert step.data["place"]["grid_id"][1] == str(new.grid_id)
        assert step.data["place"].keys() == {"grid_id"}
    assert Case.objects.get(pk=gone.case_id).grid_id == town.areas["G11"]
    assert [one.area_id for one in current_grants(user_id=worker.user_id, now=BEFORE)] == [
        town.areas["G11"]
    ]
    assert [one.area_id for one in current_grants(user_id=worker.user_id, now=AFTER)] == [
        new.grid_id
    ]
    assert sorted(RoleChange.objects.values_list("change", flat=True)) == ["ended", "given"]
    row = Adoption.objects.get(pk=adoption_id)
    assert (row.applied_at, row.moved_at, row.cases_moved) == (AFTER, AFTER, 2)
    assert actions.due_adoptions(now=AFTER) == ()


def test_a_grid_is_handed_over_by_a_list_signed_by_both(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    numbered = numbers(town, draft_id)
    actions.paint(
        doing=does(town, Role.STREET_OFFICER),
        draft_id=draft_id,
        building_ids=[building(town, draft_id, "G11小区2号楼")],
        grid=numbered["G12小区1号楼"],
    )
    adoption_id = adopted(town, draft_id)
    supervisor = town.viewer(Role.SUPERVISOR)
    rows = queries.handovers(viewer=supervisor, adoption_id=adoption_id, now=town.now)
    listed = next(row for row in rows if not row.main)
    assert (listed.old_name, listed.buildings, listed.households) == ("第11网格", 1, 36)
    assert (listed.giver_name, listed.taker_name, listed.overdue) == ("测试grid_worker", "", False)
    assert listed.may == {"name_taker"}
    giver = town.viewer(Role.GRID_WORKER)
    mine = queries.my_handovers(viewer=giver, now=town.now)
    assert [row.id for row in mine] == [listed.id]
    actions.sign(doing=does(town, Role.GRID_WORKER), handover_id=listed.id)
    with pytest.raises(Forbidden, match="not_yours"):
        actions.sign(doing=does(town, Role.SUPERVISOR), handover_id=listed.id)
    begun(adoption_id)
    late = queries.handovers(viewer=supervisor, adoption_id=adoption_id, now=AFTER)
    assert [row.overdue for row in late if row.id == listed.id] == [True]
    with pytest.raises(Invalid, match="taker"):
        actions.name_taker(
            doing=does(town, Role.SUPERVISOR, AFTER),
            handover_id=listed.id,
            user_id=town.users[Role.SUPERVISOR].id,
        )
    assert giver.user_id is not None
    actions.name_taker(
        doing=does(town, Role.SUPERVISOR, AFTER), handover_id=listed.id, user_id=giver.user_id
    )
    new_id = Handover.objects.get(pk=listed.id).new_id
    assert new_id in {one.area_id for one in current_grants(user_id=giver.user_id, now=AFTER)}
    actions.sign(doing=does(town, Role.GRID_WORKER, AFTER), handover_id=listed.id)
    done = queries.handovers(viewer=supervisor, adoption_id=adoption_id, now=AFTER)
    assert not any(row.overdue for row in done)


def test_before_its_day_an_adoption_is_taken_back_without_a_trace(town: Town) -> None:
    draft_id = planned(town)
    areas = list(Area.objects.order_by("id").values())
    adoption_id = adopted(town, draft_id)
    with pytest.raises(Conflict, match="not_approved"):
        actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    with pytest.raises(Forbidden):
        actions.revoke(
            doing=does(town, Role.STREET_OFFICER), adoption_id=adoption_id, reason="不行"
        )
    actions.revoke(doing=does(town, Role.SUPERVISOR), adoption_id=adoption_id, reason="推迟")
    assert list(Area.objects.order_by("id").values()) == areas
    assert not Membership.objects.exists()
    assert codes(AFTER) == ["G11", "G12", "G21", "G22"]
    assert begun_nothing(adoption_id)
    again = actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    begun(again)
    with pytest.raises(Conflict, match="begun"):
        actions.revoke(doing=does(town, Role.SUPERVISOR, AFTER), adoption_id=again, reason="太晚")


def begun_nothing(adoption_id: UUID) -> bool:
    return not actions.begin(adoption_id=adoption_id, now=AFTER)


def test_what_was_not_approved_or_comes_too_late_is_not_adopted(town: Town) -> None:
    draft_id = planned(town)
    doing = does(town, Role.SUPERVISOR)
    with pytest.raises(Conflict, match="not_approved"):
        actions.adopt(doing=doing, draft_id=draft_id, effective_on=DAY)
    approved(town, draft_id)
    with pytest.raises(Invalid, match=r"plan\.day"):
        actions.adopt(doing=doing, draft_id=draft_id, effective_on=date(2026, 3, 2))
    with pytest.raises(Forbidden):
        actions.adopt(doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, effective_on=DAY)


def test_a_draft_of_a_town_that_has_changed_is_not_adopted(town: Town) -> None:
    draft_id = planned(town)
    approved(town, draft_id)
    house = Building.objects.get(address="G12小区1号楼")
    Building.objects.filter(pk=house.pk).update(valid_to=town.now)
    with pytest.raises(Conflict, match=r"plan\.outdated.*1"):
        actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)


def test_a_second_plan_for_the_same_grids_is_not_adopted_before_the_first_began(
    town: Town,
) -> None:
    first, second = planned(town), planned(town, name="方案二")
    adopted(town, first)
    approved(town, second)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        with pytest.raises(Conflict, match=r"plan\.(other_adoption|outdated)"):
            actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=second, effective_on=day)


def test_a_draft_like_today_changes_nothing(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    found = queries.draft(viewer=town.viewer(Role.SUPERVISOR), draft_id=draft_id, now=town.now)
    assert found.row.after is not None
    assert found.row.after.moved == 0
    approved(town, draft_id)
    with pytest.raises(Conflict, match="nothing_changes"):
        actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)


def test_a_building_that_goes_to_another_community_takes_its_ground_along(town: Town) -> None:
    report(town, point=middle(0, 0))
    draft_id = planned(town, least=60, most=90)
    to = numbers(town, draft_id)["G21小区1号楼"]
    moved = building(town, draft_id, "G11小区2号楼")
    actions.paint(
        doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, building_ids=[moved], grid=to
    )
    adoption_id = adopted(town, draft_id)
    assert {row.code for row in grids.areas(level="community", on=AFTER)} == {"C1", "C2"}
    after = grids.building(building_id=moved, on=AFTER)
    place = grids.place_of_area(area_id=after.grid_id, on=AFTER)
    assert (place.grid_code, place.community_code) == ("G21", "C2")
    assert place.community_id != town.areas["C2"]
    assert grid_at((after.lon, after.lat), AFTER) == "G21"
    assert grid_at((after.lon, after.lat), BEFORE) == "G11"
    begun(adoption_id)
    secretary = town.users[Role.COMMUNITY_SECRETARY].id
    held = [one.area_id for one in current_grants(user_id=secretary, now=AFTER)]
    now_c1 = next(r.id for r in grids.areas(level="community", on=AFTER) if r.code == "C1")
    assert held == [now_c1]
    assert not RoleGrant.objects.filter(area_id=town.areas["C1"], valid_to=None).exists()
    unit = next(one for one in units().values() if one.code == "community-C1")
    assert unit.area_id == now_c1
    assert Case.objects.get().community_id == now_c1


def test_new_communities_get_a_unit_and_what_has_a_point_goes_with_it(town: Town) -> None:
    receipt = report(town, point=middle(1, 1))
    unit_of_c2 = town.units["community-C2"]
    Case.objects.filter(pk=receipt.case_id).update(lead_unit_id=unit_of_c2, state="dispatched")
    draft_id = planned(town, least=60, most=90, community_least=60, community_most=90)
    adoption_id = adopted(town, draft_id)
    begun(adoption_id)
    communities = grids.areas(level="community", on=AFTER)
    assert len(communities) == 4
    assert {"C1", "C2"} < {row.code for row in communities}
    assert all(row.valid_from == BEGINS for row in communities)
    answering = {one.area_id for one in units().values() if one.kind == "community"}
    assert {row.id for row in communities} <= answering
    case = Case.objects.get(pk=receipt.case_id)
    place = grids.grid_at(tenant_id=COUNTY, lon=middle(1, 1)[0], lat=middle(1, 1)[1], on=AFTER)
    assert place is not None
    assert (case.grid_id, case.community_id) == (place.grid_id, place.community_id)
    assert units()[case.lead_unit_id].area_id == place.community_id


def test_two_communities_become_one_and_their_people_go_there(town: Town) -> None:
    draft_id = planned(town, least=60, most=90, community_least=200, community_most=300)
    begun(adopted(town, draft_id))
    communities = grids.areas(level="community", on=AFTER)
    assert len(communities) == 1
    secretary = town.users[Role.COMMUNITY_SECRETARY].id
    held = [one.area_id for one in current_grants(user_id=secretary, now=AFTER)]
    assert held == [communities[0].id]
    assert {row.parent_id for row in grids.areas(level="grid", on=AFTER)} == set(held)


def whole() -> Any:
    return shapely.union_all([square(column, row) for column in (0, 1) for row in (0, 1)])


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(labels=st.lists(st.integers(0, 5), min_size=8, max_size=8))
def test_no_plan_leaves_a_gap_or_an_overlap(town: Town, labels: list[int]) -> None:
    from django.db import transaction

    from onegrid.plans.actions.results import keep

    with transaction.atomic():
        draft_id = a_draft(town)
        draft = Draft.objects.get(pk=draft_id)
        draft.labels, draft.status = pack(labels), Status.READY
        keep(draft, Ground.load(draft.ground), now=town.now, known={})
        approved(town, draft_id)
        try:
            actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)
        except Conflict as refused:
            assert refused.code == "plan.nothing_changes"
        rows = Area.objects.filter(level="grid", valid_from__lte=AFTER)
        shapes = [
            shapely.from_wkb(bytes(row.geom or b""))
            for row in rows
            if row.valid_to is None or row.valid_to > AFTER
        ]
        together = shapely.union_all(shapes)
        assert all(shape.is_valid for shape in shapes)
        assert sum(shape.area for shape in shapes) == pytest.approx(together.area, rel=1e-9)
        assert together.symmetric_difference(whole()).area < 1e-9 * together.area
        for row in grids.buildings(area_id=town.areas["S1"], on=AFTER):
            found = grids.grid_at(tenant_id=COUNTY, lon=row.lon, lat=row.lat, on=AFTER)
            assert found is not None
            assert found.grid_id == row.grid_id
        transaction.set_rollback(True)
    grids.clear()
