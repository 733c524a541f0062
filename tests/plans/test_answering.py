"""Which unit and which grid workers have a door before, on and after the day of a plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.grids.models import Building
from onegrid.organisation import importing
from onegrid.organisation.models import FormerArea, Unit
from onegrid.organisation.queries import unit_of_area_on
from onegrid.plans import actions
from onegrid.plans.models import Handover
from onegrid.plans.queries.responsible import Term, responsible
from tests.api.conftest import Api, api  # noqa: F401 - a fixture
from tests.conftest import COUNTY
from tests.county import Town
from tests.plans.steps import approved, building, does, numbers, planned
from tests.plans.test_adoption import AFTER, BEFORE, BEGINS, DAY, adopted, begun
from tests.web.staff import travel


def house(address: str) -> UUID:
    return Building.objects.get(address=address).id


def term(address: str, on: datetime, now: datetime) -> Term:
    viewer = Viewer.anonymous(COUNTY)
    return responsible(viewer=viewer, on=on, now=now, building_id=house(address)).now


def unit(address: str, on: datetime, now: datetime) -> str:
    found = term(address, on, now).unit
    return found.name if found else ""


def merged(town: Town) -> UUID:
    """Adopt a plan by which both communities end and one begins."""
    wish = {"community_least": 200, "community_most": 300}
    return adopted(town, planned(town, least=60, most=90, **wish))


def parted(town: Town) -> UUID:
    """Adopt a plan by which each grid becomes a community."""
    wish = {"community_least": 60, "community_most": 90}
    return adopted(town, planned(town, least=60, most=90, **wish))


@pytest.mark.parametrize("at", ["before", "on", "after"])
def test_the_unit_of_a_community_that_ended_is_named_for_its_time(town: Town, at: str) -> None:
    adoption_id = merged(town)
    now = {"before": BEFORE, "on": BEGINS, "after": AFTER + timedelta(days=400)}[at]
    if at != "before":
        begun(adoption_id, now)
    upper, lower = "G21小区1号楼", "G11小区1号楼"
    assert unit(upper, BEFORE, now) == "幸福社区居委会"
    assert unit(lower, BEFORE, now) == "和平社区居委会"
    assert unit(lower, town.now - timedelta(days=900), now) == "和平社区居委会"
    assert unit(upper, BEGINS, now) == unit(lower, AFTER, now) != ""


def test_a_community_that_begins_has_its_unit_before_on_and_after_the_day(town: Town) -> None:
    adoption_id = parted(town)
    doors = [f"G{n}小区1号楼" for n in (11, 12, 21, 22)]
    planned_units = [unit(door, BEGINS, BEFORE) for door in doors]
    assert len(set(planned_units)) == 4 and "" not in planned_units
    assert [unit(door, BEGINS, BEGINS) for door in doors] == planned_units, "the job is late"
    begun(adoption_id)
    for on in (BEGINS, AFTER):
        assert [unit(door, on, AFTER) for door in doors] == planned_units
    old = [unit(door, BEFORE, AFTER) for door in doors]
    assert old == ["和平社区居委会"] * 2 + ["幸福社区居委会"] * 2


def test_the_interface_names_the_former_unit(api: Api) -> None:  # noqa: F811
    town = api.town
    wish = {"community_least": 200, "community_most": 300}
    draft_id = planned(town, least=60, most=90, **wish)
    approved(town, draft_id)
    day = (town.now + timedelta(days=10)).date()
    doing = does(town, Role.SUPERVISOR)
    adoption_id = actions.adopt(doing=doing, draft_id=draft_id, effective_on=day)
    begun(adoption_id, town.now + timedelta(days=11))
    query = f"/places/responsible?building={house('G21小区1号楼')}"
    token = api.token(Role.RESIDENT)
    today = api.send("GET", query, token=token).json()
    assert today["now"]["unit"] == "幸福社区居委会" and today["now"]["community"] == "幸福社区"
    assert today["after"]["unit"] and today["after"]["community"]
    later = api.send("GET", f"{query}&on={day}", token=token).json()
    assert later["before"]["unit"] == "幸福社区居委会"


def test_the_page_names_the_former_unit_under_before(town: Town, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    begun(merged(town))
    with travel(AFTER):
        asked = {"building": str(house("G21小区1号楼")), "day": DAY.isoformat()}
        page = Client(headers={"accept-language": "en"}).get("/places/responsible/", asked)
    now, _, before = page.content.decode().partition("<h2>Before</h2>")
    assert "幸福社区居委会" in before and "2026-03-09" in now


def test_an_import_that_changes_the_area_of_a_unit_keeps_its_past(town: Town) -> None:
    one, two = town.areas["C1"], town.areas["C2"]
    later, undone = town.now + timedelta(days=1), town.now + timedelta(days=2)
    text = "code,name,kind,area\ncommunity-C1,和平社区居委会,community,C2\n"
    table = importing.read(text.encode(), now=later)
    importing.bring_in(table.rows, name="units", now=later)
    found = unit_of_area_on(one, on=town.now)
    assert found is not None and found.code == "community-C1"
    assert unit_of_area_on(one, on=later) is None
    importing.undo("units", now=undone)
    assert unit_of_area_on(one, on=later) is None
    assert [unit_of_area_on(one, on=on) for on in (town.now, undone)] == [
        found.__class__(
            found.id, found.kind, found.code, found.name, found.phone, one, found.calendar
        )
    ] * 2
    assert unit_of_area_on(two, on=town.now) != unit_of_area_on(one, on=town.now)


def test_what_a_unit_was_for_is_never_changed_and_never_doubled(town: Town) -> None:
    begun(merged(town))
    row = FormerArea.objects.filter(unit__code="community-C1").get()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        FormerArea.objects.filter(pk=row.pk).update(valid_to=AFTER)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        FormerArea.objects.filter(pk=row.pk).delete()
    again: dict[str, Any] = {"unit_id": row.unit_id, "area_id": row.area_id}
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        FormerArea.objects.create(**again, valid_to=row.valid_to - timedelta(days=1))


def test_a_second_unit_is_not_taken_from_another_area(town: Town) -> None:
    """The code of a new unit is free, even when a unit with the usual code went elsewhere."""
    from onegrid.organisation.replan import add_missing

    Unit.objects.filter(code="community-C1").update(area_id=town.areas["C2"])
    assert add_missing(communities=[(town.areas["C1"], "C1", "和平社区")]) == 1
    codes = dict(Unit.objects.filter(kind="community").values_list("code", "area_id"))
    assert codes["community-C1"] == town.areas["C2"]
    assert codes["community-C1-2"] == town.areas["C1"]


def test_before_the_day_those_are_named_who_will_have_the_grid(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    grid = numbers(town, draft_id)["G12小区1号楼"]
    moved = building(town, draft_id, "G11小区2号楼")
    actions.paint(
        doing=does(town, Role.STREET_OFFICER), draft_id=draft_id, building_ids=[moved], grid=grid
    )
    adoption_id = adopted(town, draft_id)
    worker = town.users[Role.GRID_WORKER]
    listed = Handover.objects.get(main=False)
    doors = {
        term(f"G11小区{n}号楼", AFTER, BEFORE).place.grid_id: f"G11小区{n}号楼" for n in (1, 2)
    }
    parting = doors.pop(listed.new_id)
    (staying,) = doors.values()
    assert term(staying, AFTER, BEFORE).workers == (worker.full_name,)
    assert term(parting, AFTER, BEFORE).workers == ()
    actions.name_taker(
        doing=does(town, Role.STREET_OFFICER), handover_id=listed.id, user_id=worker.id
    )
    for now in (BEFORE, AFTER):
        assert term(parting, AFTER, now).workers == (worker.full_name,)
    begun(adoption_id)
    for address in (staying, parting):
        assert term(address, AFTER, AFTER).workers == (worker.full_name,)
