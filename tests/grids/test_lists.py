"""Lists of areas and addresses, and the layers of the map."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import shape

from onegrid.common.ids import uuid7
from onegrid.common.refusals import NotFound
from onegrid.grids import actions, queries
from onegrid.grids.models import Building

from .conftest import COUNTY, NOW, SINCE

pytestmark = pytest.mark.django_db


def layer(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(queries.layer_geojson(layer=name, on=NOW).body)
    return found


def test_an_address_is_chosen_in_four_steps(places: None) -> None:
    streets = queries.address_list(on=NOW)
    assert [(c.label, c.count) for c in streets] == [("城关街道", 1), ("东乡镇", 1)]
    communities = queries.address_list(on=NOW, area_id=streets[0].area_id)
    assert [c.label for c in communities] == ["桥头社区"]
    compounds = queries.address_list(on=NOW, area_id=communities[0].area_id)
    assert [(c.kind, c.label, c.count) for c in compounds] == [
        ("compound", f"第{i}花园", 2) for i in (1, 2, 3, 4)
    ]
    houses = queries.address_list(
        on=NOW, area_id=compounds[2].area_id, compound=compounds[2].compound
    )
    assert [c.label for c in houses] == ["永康路3号第3花园1号楼", "永康路3号第3花园2号楼"]
    row = queries.building(building_id=houses[0].building_id, on=NOW)  # type: ignore[arg-type]
    place = queries.place_of(tenant_id=COUNTY, lon=row.lon, lat=row.lat, on=NOW)
    assert place.grid_id == row.grid_id == houses[0].area_id


def test_a_village_without_an_outline_can_be_chosen(places: None) -> None:
    town = next(c for c in queries.address_list(on=NOW) if c.label == "东乡镇")
    assert [c.label for c in queries.address_list(on=NOW, area_id=town.area_id)] == ["柳树村"]


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("桥头", ["桥头社区"]),
        ("第2花园", ["永康路2号第2花园1号楼", "永康路2号第2花园2号楼"]),
        ("永康 4号 2号楼", ["永康路4号第4花园2号楼"]),
        ("100%", []),
        ("不存在", []),
    ],
)
def test_addresses_are_found_by_all_words(places: None, words: str, labels: list[str]) -> None:
    assert [c.label for c in queries.address_list(on=NOW, search=words)] == labels


def test_a_search_can_be_kept_within_an_area(places: None) -> None:
    east = next(a for a in queries.areas(level="street", on=NOW) if a.code == "S2")
    assert queries.address_list(on=NOW, area_id=east.id, search="花园") == ()


def test_a_scope_holds_everything_below_an_area(places: None) -> None:
    street = next(a for a in queries.areas(level="street", on=NOW) if a.code == "S1")
    names = queries.area_names()
    inside = sorted(names[area_id] for area_id in queries.within(area_id=street.id))
    assert inside == ["城关街道", "桥头社区", *(f"桥头社区第{i}网格" for i in (1, 2, 3, 4))]


def test_what_does_not_exist_is_not_found(places: None) -> None:
    gone = Building.objects.first()
    assert gone is not None
    Building.objects.filter(pk=gone.pk).update(valid_to=NOW)
    for call in (
        lambda: queries.building(building_id=gone.pk, on=NOW),
        lambda: queries.building(building_id=uuid7(), on=NOW),
        lambda: queries.area(area_id=uuid7()),
        lambda: queries.address_list(on=NOW, area_id=uuid7()),
        lambda: queries.layer_geojson(layer="people", on=NOW),
    ):
        with pytest.raises(NotFound):
            call()


def test_the_map_shows_each_layer_as_geojson(places: None) -> None:
    borders, grids, houses = layer("borders"), layer("grids"), layer("buildings")
    assert [f["properties"]["level"] for f in borders["features"]] == [
        "county", "street", "street", "community",
    ]  # fmt: skip
    assert len(grids["features"]) == 4
    assert houses["features"][0]["properties"]["h"] == 18
    assert shape(grids["features"][0]["geometry"]).area > 0
    assert layer("roads")["features"][0]["properties"]["name"] == "永康路"
    assert layer("ground") == {"type": "FeatureCollection", "features": []}


def test_coordinates_on_the_map_have_at_most_six_digits(places: None) -> None:
    for name in queries.LAYERS:
        for feature in layer(name)["features"]:
            for number in str(feature["geometry"]["coordinates"]).replace("[", "").split(","):
                assert len(number.strip(" ])(").partition(".")[2]) <= 6


def test_a_layer_is_made_once_until_places_change(places: None) -> None:
    first = queries.layer_geojson(layer="grids", on=NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert queries.layer_geojson(layer="grids", on=NOW + timedelta(days=1)) is first
    assert len(asked) == 0
    actions.bump_plan(now=NOW)
    assert queries.layer_geojson(layer="grids", on=NOW).etag != first.etag


def test_a_layer_changes_when_a_planned_day_comes(places: None) -> None:
    Building.objects.update(valid_to=NOW + timedelta(days=3))
    actions.bump_plan(now=NOW)
    today = queries.layer_geojson(layer="buildings", on=NOW)
    later = queries.layer_geojson(layer="buildings", on=NOW + timedelta(days=3))
    assert today.etag != later.etag
    assert json.loads(later.body)["features"] == []
    assert (
        json.loads(queries.layer_geojson(layer="grids", on=SINCE - timedelta(1)).body)["features"]
        == []
    )
