"""A place without an outline is chosen from the address list; a pin there is refused clearly."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from onegrid.accounts.terms import Role
from onegrid.cases import queries
from onegrid.cases.models import Case
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid
from onegrid.grids import actions, importing
from onegrid.grids.models import Area
from onegrid.grids.queries import buildings, place_of
from tests.conftest import MONDAY
from tests.county import COUNTY, middle
from tests.importing.test_table import made
from tests.web.conftest import Browser

HEADER = ["level", "code", "name", "parent"]


@pytest.fixture
def village(browser: Browser) -> UUID:
    """A village of which nobody knows the outline, and that has no building."""
    content = made([["村", "V1", "柳树村", "S1"]], header=HEADER).encode()
    table = importing.read(content, now=MONDAY - timedelta(days=1))
    importing.bring_in(table.rows, name="village", now=MONDAY - timedelta(days=1))
    return Area.objects.get(code="V1").id


def finish(browser: Browser) -> Case:
    browser.post("/report/describe/", {"text": "村口路灯不亮"})
    browser.post("/report/who/", {"who": "anonymous"})
    browser.get("/report/check/")
    browser.send()
    return Case.objects.get()


def test_a_village_without_outline_is_a_place(browser: Browser, village: UUID) -> None:
    browser.post("/report/", {"category": "power.light"})
    page = browser.get(f"/report/where/list/?area={village}").content.decode()
    offered = re.findall(r'name="area" value="([^"]+)"', page)
    assert offered == [str(village)]
    browser.post("/report/where/", {"area": offered[0]})
    case = finish(browser)
    assert (case.community_id, case.grid_id, case.lon) == (village, None, None)
    assert case.street_id == browser.town.areas["S1"] and case.address == "东街街道柳树村"
    desk = queries.desk_queue(
        browser.town.viewer(Role.STREET_OFFICER), filters=queries.Filters(which="all")
    )
    assert desk.total == 1


def test_words_may_be_added_to_the_village_but_another_address_leaves_it(
    browser: Browser, village: UUID
) -> None:
    browser.post("/report/where/", {"area": str(village)})
    browser.post("/report/where/", {"address": "东街街道柳树村村口"})
    case = finish(browser)
    assert (case.community_id, case.address) == (village, "东街街道柳树村村口")


def test_an_address_that_is_somewhere_else_is_not_put_into_the_village(
    browser: Browser, village: UUID
) -> None:
    browser.post("/report/where/", {"area": str(village)})
    browser.post("/report/where/", {"address": "县城东门"})
    assert finish(browser).community_id is None


def test_a_point_wins_over_the_village(browser: Browser, village: UUID) -> None:
    browser.post("/report/where/", {"area": str(village)})
    lon, lat = middle(0, 0)
    browser.post("/report/where/", {"lon": str(lon), "lat": str(lat), "address": ""})
    case = finish(browser)
    assert case.grid_id == browser.town.areas["G11"] and case.lon == pytest.approx(lon)


@pytest.mark.parametrize("area", ["nothing", "01900000-0000-7000-8000-000000000000"])
def test_an_area_that_is_not_in_the_list_is_refused(browser: Browser, area: str) -> None:
    refused = browser.post("/report/where/", {"area": area})
    assert refused.status_code in (404, 422) and not Case.objects.exists()


def test_a_pin_where_no_outline_is_known_is_refused_with_the_way_on(browser: Browser) -> None:
    Area.objects.filter(level="county").update(geom=None)
    actions.bump_plan(now=MONDAY)
    refused = browser.post("/report/where/", {"lon": "118.75", "lat": "36.65", "system": "wgs84"})
    assert refused.status_code == 422
    with translation.override("zh-hans"):
        said = [str(error["message"]) for error in refused.context["errors"]]
        assert said == [text(Invalid("place.not_outlined"))]
    lon, lat = middle(1, 1)
    assert place_of(tenant_id=COUNTY, lon=lon, lat=lat, on=MONDAY).grid_code == "G22"


def test_a_building_is_in_its_grid_also_where_the_grid_has_no_outline(browser: Browser) -> None:
    grid = browser.town.areas["G12"]
    Area.objects.filter(id=grid).update(geom=None)
    actions.bump_plan(now=MONDAY)
    house = buildings(area_id=grid, on=MONDAY)[0]
    browser.post("/report/where/", {"building": str(house.id)})
    assert finish(browser).grid_id == grid
