"""A layer of buildings goes into the register from its page, and comes out again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from shapely import box, to_geojson

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.grids.models import Building, BuildingBatch
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.layers import Imported, import_layer
from onegrid.plans.layers.register import Column, guess
from tests.conftest import MONDAY
from tests.county import Town, middle
from tests.plans.steps import a_draft
from tests.web.staff import browser, travel

LATER = timedelta(minutes=5)
ENGLISH = {"accept-language": "en"}
CHOSEN = {"address": "楼栋名称", "households": "户数", "floors": "楼层", "compound": "小区"}


def house(name: str, column: int = 0, row: int = 0, **more: Any) -> dict[str, Any]:
    """Return a feature of a building in a grid of the test county."""
    x, y = middle(column, row)
    shape = more.pop("shape", box(x + 6e-4, y, x + 7e-4, y + 1e-4))
    facts = {"楼栋名称": name, "户数": 24, "楼层": 5, "小区": "新苑", **more}
    return {"type": "Feature", "properties": facts, "geometry": json.loads(to_geojson(shape))}


def there(number: int, **more: Any) -> dict[str, Any]:
    """Return a building of grid G11 as the register has it."""
    x, y = middle(0, 0)
    shape = box(x + number * 2e-4, y, x + number * 2e-4 + 1e-4, y + 1e-4)
    facts = {"小区": "G11小区", "户数": 36, "楼层": 6, "shape": shape, **more}
    return house(f"G11小区{number}号楼", **facts)


def brought(town: Town, *features: dict[str, Any], kind: str = "buildings") -> UUID:
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    done = import_layer(
        doing=Doing(town.viewer(Role.SUPERVISOR), MONDAY, uuid4()),
        kind=kind,
        name="楼栋普查",
        file_name="a.geojson",
        content=content,
    )
    assert isinstance(done, Imported) and done.layer_id is not None
    return done.layer_id


@pytest.fixture
def client(town: Town) -> Any:
    with travel(MONDAY):
        yield browser(town, Role.SUPERVISOR)


def address(layer: UUID) -> str:
    return f"/desk/plans/layers/{layer}/take/"


def look(client: Client, layer: UUID, **more: str) -> Any:
    return client.get(address(layer), {**CHOSEN, "look": "1", **more}, headers=ENGLISH)


def take(client: Client, layer: UUID, page: Any, **more: str) -> Any:
    form = {**CHOSEN, "look": "1", "key": page.context["key"], "seen": page.context["seen"], **more}
    return client.post(address(layer), form, headers=ENGLISH)


def test_columns_are_guessed_by_their_names_and_shown_with_an_example(
    client: Client, town: Town
) -> None:
    layer = brought(town, house("新1号楼"))
    page = client.get(address(layer))
    chosen = {what: column for what, _, column in page.context["asked"] if column}
    assert chosen == CHOSEN
    assert ("户数", "户数 (24)") in page.context["columns"]
    assert f'href="{address(layer)}"' in client.get(f"/desk/plans/layers/{layer}/").content.decode()
    assert guess([Column("NAME", ""), Column("地址", "")]).columns["address"] == "地址"


def test_a_look_lists_new_changed_gone_and_faulty_rows_and_writes_nothing(
    client: Client, town: Town
) -> None:
    x, y = middle(0, 0)
    layer = brought(
        town,
        house("新1号楼"),
        there(1, 户数=40, 楼层=None),
        house("无户数楼", 户数=None, shape=box(x, y, x + 1e-5, y + 1e-5)),
        house("县外楼", shape=box(117, 36, 117.0001, 36.0001)),
    )
    before = Building.objects.count()
    page = look(client, layer)
    assert page.context["counts"] == {"new": 1, "changed": 1, "gone": 1, "bad": 2, "same": 0}
    assert page.context["changed"] == [(2, "G11小区1号楼", ["Households: 36 → 40"])]
    assert [row.address for row in page.context["gone"]] == ["G11小区2号楼"]
    bad = page.context["bad"]
    assert [(row, column) for row, column, _ in bad] == [(3, "Households"), (4, "")]
    assert bad[0][2] == "This cell is empty. Fill it in." and "lies in no grid" in bad[1][2]
    assert Building.objects.count() == before
    assert look(client, layer, blank="1").context["counts"]["new"] == 2


def test_what_was_looked_at_is_written_once_and_taken_back_as_a_whole(
    client: Client, town: Town
) -> None:
    x, y = middle(0, 0)
    wider = box(x + 2e-4, y, x + 3.5e-4, y + 1e-4)
    layer = brought(town, house("新1号楼"), there(1, 户数=40, shape=wider))
    old = Building.objects.get(address="G11小区1号楼")
    page = look(client, layer)
    assert take(client, layer, page, end_gone="1").status_code == 302
    assert take(client, layer, page, end_gone="1").status_code == 302
    new = Building.objects.get(address="新1号楼")
    assert (new.households, new.floors, new.compound, new.grid_id) == (
        24, 5, "新苑", town.areas["G11"],
    )  # fmt: skip
    now = Building.objects.get(pk=old.pk)
    assert (now.households, now.geom == old.geom, now.lon > old.lon) == (40, False, True)
    assert Building.objects.get(address="G11小区2号楼").valid_to is not None
    (batch,) = client.get(address(layer)).context["taken"]
    assert batch.count == 3
    form = {"key": str(uuid4()), "batch": batch.name}
    with travel(MONDAY + LATER):
        done = client.post(f"/desk/plans/layers/{layer}/take-back/", form, headers=ENGLISH)
        assert done.status_code == 302
    assert not Building.objects.filter(address="新1号楼").exists()
    again = Building.objects.get(pk=old.pk)
    assert (again.households, bytes(again.geom), again.lon) == (36, bytes(old.geom), old.lon)
    assert Building.objects.get(address="G11小区2号楼").valid_to is None
    assert take(client, layer, page).status_code == 302
    assert BuildingBatch.objects.get().undone_at is not None


def test_taking_back_keeps_what_is_in_use_and_what_was_changed_since(
    client: Client, town: Town
) -> None:
    layer = brought(town, house("新1号楼"), there(1, 户数=40, 楼层=7))
    take(client, layer, look(client, layer))
    a_draft(town)
    Building.objects.filter(address="G11小区1号楼").update(households=41)
    (batch,) = client.get(address(layer)).context["taken"]
    form = {"key": str(uuid4()), "batch": batch.name}
    with travel(MONDAY + LATER):
        client.post(f"/desk/plans/layers/{layer}/take-back/", form, headers=ENGLISH)
        said = client.get(address(layer), headers=ENGLISH).content.decode()
    assert "1 are in use by drafts, estates or cases: they are kept and end today." in said
    assert Building.objects.get(address="新1号楼").valid_to == MONDAY + LATER
    kept = Building.objects.get(address="G11小区1号楼")
    assert (kept.households, kept.floors) == (41, 6)


def test_a_register_that_changed_since_the_look_is_looked_at_again(
    client: Client, town: Town
) -> None:
    layer = brought(town, house("新1号楼"))
    page = look(client, layer)
    other = brought(town, house("新1号楼"))
    take(client, other, look(client, other))
    refused = take(client, layer, page)
    assert refused.status_code == 409 and refused.context["counts"]["same"] == 1
    assert Building.objects.filter(address="新1号楼").count() == 1


def test_a_building_does_not_move_to_another_grid_by_a_layer(client: Client, town: Town) -> None:
    x, y = middle(1, 1)
    layer = brought(town, there(1, shape=box(x, y, x + 1e-4, y + 1e-4)))
    page = look(client, layer)
    assert page.context["counts"]["changed"] == 0
    assert "第11网格" in page.context["bad"][0][2] and "第22网格" in page.context["bad"][0][2]


def test_a_street_officer_takes_over_the_own_street_only(client: Client, town: Town) -> None:
    layer = brought(town, house("新1号楼"))
    officer = town.users[Role.STREET_OFFICER]
    own = browser(town, Role.STREET_OFFICER)
    assert look(own, layer).context["counts"]["new"] == 1
    take(client, layer, look(client, layer))
    (batch,) = client.get(address(layer)).context["taken"]
    grants = RoleGrant.objects.filter(user_id=officer.id, area_level=ScopeLevel.STREET)
    grants.update(area_id=town.areas["C2"])
    elsewhere = brought(town, house("新2号楼"))
    page = look(own, elsewhere)
    assert (
        page.context["counts"]["bad"] == 1 and "outside of your street" in page.context["bad"][0][2]
    )
    form = {"key": str(uuid4()), "batch": batch.name}
    assert own.post(f"/desk/plans/layers/{layer}/take-back/", form).status_code == 403
    clerk = browser(town, Role.COMMUNITY_CLERK)
    assert clerk.get(address(layer)).status_code == 403


@pytest.mark.parametrize(
    ("more", "field"), [({"address": ""}, "address"), ({"households": ""}, "households")]
)
def test_a_look_needs_addresses_and_households(
    client: Client, town: Town, more: dict[str, str], field: str
) -> None:
    page = look(client, brought(town, house("新1号楼")), **more)
    assert page.status_code == 422 and page.context["errors"][0]["field"] == field


def test_compound_and_number_make_an_address(client: Client, town: Town) -> None:
    layer = brought(town, house("", 楼号="9号楼"))
    page = look(client, layer, address="", number="楼号")
    assert [row.address for row in page.context["new"]] == ["新苑9号楼"]


def test_only_buildings_go_into_the_register(client: Client, town: Town) -> None:
    layer = brought(town, house("新1号楼"), kind="compounds")
    assert client.get(address(layer)).status_code == 422
