"""Who is responsible for a door on a day: the page, the interface, before and after a change."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from shapely import box

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Invalid, NotFound
from onegrid.grids import queries as grids
from onegrid.grids.replan import NewArea, replace_areas
from onegrid.grids.terms import AreaLevel
from onegrid.plans.queries.responsible import responsible
from tests.api.conftest import Api, api  # noqa: F401 - a fixture
from tests.conftest import COUNTY
from tests.county import SIDE, SOUTH, WEST, Town, middle
from tests.web.conftest import Browser
from tests.web.staff import browser as staff

PAGE = "/places/responsible/"
#: the evening before, local time: midnight of 2026-04-01
APRIL = datetime.fromisoformat("2026-04-01T00:00:00+08:00")


def recut(town: Town, at: datetime) -> UUID:
    """Let grid G11 end at a moment and G31, of the same outline, begin in its place."""
    new = uuid4()
    moved = grids.buildings(area_id=town.areas["G11"], on=town.now)
    replace_areas(
        ended=[town.areas["G11"]],
        new=[
            NewArea(
                id=new,
                level=AreaLevel.GRID,
                code="G31",
                name="第31网格",
                parent_id=town.areas["C1"],
                households=72,
                shape=box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE),
            )
        ],
        moves={row.id: new for row in moved},
        effective_at=at,
        now=town.now,
    )
    grids.clear()
    return new


def door(town: Town) -> UUID:
    return grids.buildings(area_id=town.areas["G11"], on=town.now)[0].id


def asked(town: Town, on: datetime, **where: Any) -> Any:
    viewer = Viewer.anonymous(COUNTY)
    return responsible(viewer=viewer, on=on, now=town.now, **where)


def test_a_door_has_a_grid_a_community_a_unit_and_a_worker(town: Town) -> None:
    found = asked(town, town.now, building_id=door(town))
    assert found.door == "G11小区1号楼"
    assert (found.now.place.grid_code, found.now.place.community_name) == ("G11", "和平社区")
    assert found.now.unit is not None and found.now.unit.name == "和平社区居委会"
    assert found.now.workers == ("测试grid_worker",)
    assert (found.before, found.after) == (None, None)


@pytest.mark.parametrize("by", ["door", "point"])
def test_before_and_after_a_change_of_the_plan_both_are_named(town: Town, by: str) -> None:
    lon, lat = middle(0, 0)
    where: dict[str, Any] = (
        {"building_id": door(town)} if by == "door" else {"lon": lon, "lat": lat}
    )
    recut(town, APRIL)
    today = asked(town, town.now, **where)
    assert today.now.place.grid_code == "G11" and today.now.ends == APRIL
    assert today.before is None
    assert today.after is not None and today.after.place.grid_code == "G31"
    later = asked(town, APRIL, **where)
    assert later.now.place.grid_code == "G31" and later.now.begins == APRIL
    assert later.before is not None and later.before.place.grid_code == "G11"
    assert later.before.workers == ("测试grid_worker",)
    assert later.after is None


def test_a_former_worker_is_named_to_staff_only(town: Town) -> None:
    RoleGrant.objects.filter(area_id=town.areas["G11"]).update(valid_to=town.now)
    past = town.now - timedelta(days=30)
    public = asked(town, past, building_id=door(town))
    assert (public.now.workers, public.now.withheld) == ((), 1)
    staff = responsible(
        viewer=town.viewer(Role.DISPATCHER), on=past, now=town.now, building_id=door(town)
    )
    assert (staff.now.workers, staff.now.withheld) == (("测试grid_worker",), 0)


def test_where_no_grid_is_the_street_or_the_refusal_is_the_answer(town: Town) -> None:
    with pytest.raises(Invalid, match="outside_county"):
        asked(town, town.now, lon=WEST + 5, lat=SOUTH)
    with pytest.raises(Invalid, match=r"responsible\.where"):
        asked(town, town.now)
    with pytest.raises(NotFound):
        asked(town, town.now, building_id=uuid4())
    found = asked(town, town.now, lon=WEST - 0.01, lat=SOUTH)
    assert (found.now.place.county_name, found.now.place.grid_id) == ("测试县", None)


def test_the_page_leads_from_street_to_door_without_a_script(browser: Browser) -> None:
    page = browser.get(PAGE)
    for _ in range(4):
        rows = page.context["rows"]
        page = browser.get(PAGE + rows[0][1])
    text = page.content.decode()
    assert "G11小区1号楼" in text and "第11网格" in text and "和平社区居委会" in text
    assert "测试grid_worker" in text


def test_the_page_finds_a_door_by_words_and_keeps_the_day(browser: Browser) -> None:
    recut(browser.town, APRIL)
    page = browser.get(PAGE, data={"search": "G11小区1号", "day": "2026-04-02"})
    ((_, href),) = page.context["rows"]
    text = browser.get(PAGE + href).content.decode()
    assert text.index("第31网格") < text.index("第11网格"), "first that day, then before"


def test_the_page_answers_for_a_point_and_names_what_is_wrong(browser: Browser) -> None:
    lon, lat = middle(1, 1)
    text = browser.get(PAGE, data={"lon": str(lon), "lat": str(lat)}).content.decode()
    assert "第22网格" in text
    bad = browser.get(PAGE, data={"day": "2026-02-30"})
    assert bad.status_code == 422 and bad.context["errors"][0]["field"] == "day"
    far = browser.get(PAGE, data={"lon": "120.5", "lat": "36.7"})
    assert far.status_code == 422 and far.context["rows"], "the list is offered again"
    gone = browser.get(PAGE, data={"building": str(uuid4())})
    assert gone.status_code == 404 and gone.context["errors"]
    assert browser.get(PAGE, data={"area": str(uuid4())}).status_code == 200
    assert browser.get(PAGE, data={"lon": "nan", "lat": "1"}).status_code == 200


def test_every_public_page_leads_there(browser: Browser) -> None:
    assert f'href="{PAGE}"' in browser.get("/").content.decode()


def test_the_first_page_asks_for_a_door_and_a_desk_search_leads_on(browser: Browser) -> None:
    first = browser.get("/").content.decode()
    assert f'<form class="lookup" method="get" action="{PAGE}"' in first
    desk = staff(browser.town, Role.DISPATCHER)
    found = desk.get("/desk/", {"words": "G11小区1号"}).content.decode()
    (address,) = re.findall(rf'href="({PAGE}\?search=[^"]+)"', found)
    assert "G11小区1号楼" in desk.get(address).content.decode()
    assert f'href="{PAGE}?search=' not in desk.get("/desk/").content.decode()


def test_the_interface_answers_the_same(api: Api) -> None:  # noqa: F811
    town = api.town
    recut(town, town.now + timedelta(days=10))
    token = api.token(Role.RESIDENT)
    found = api.send("GET", f"/places/responsible?building={door(town)}", token=token).json()
    assert found["door"] == "G11小区1号楼" and found["now"]["grid_code"] == "G11"
    assert found["after"]["grid_code"] == "G31" and found["before"] is None
    lon, lat = middle(0, 0)
    day = (town.now + timedelta(days=20)).date().isoformat()
    later = api.send("GET", f"/places/responsible?lon={lon}&lat={lat}&on={day}", token=token)
    assert later.json()["now"]["grid_code"] == "G31" and later.json()["on"] == day
    bare = api.send("GET", "/places/responsible", token=token)
    assert bare.status_code == 422 and bare.json()["code"] == "responsible.where"
    assert api.send("GET", "/places/responsible").status_code == 401
