"""What the map in the browser asks the server for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from onegrid.core import geo
from onegrid.grids import actions
from onegrid.web import places as pages

from .conftest import COUNTY, NOW, SOUTH, WEST

pytestmark = [pytest.mark.django_db, pytest.mark.urls("onegrid.web.places")]
HERE = (WEST + 0.002, SOUTH + 0.002)


def ask(view: Callable[..., HttpResponse], query: str = "", /, **given: Any) -> HttpResponse:
    request = RequestFactory().get(f"/{query}", headers=given.pop("headers", {}))
    request.now, request.tenant_id = NOW, COUNTY  # type: ignore[attr-defined]
    return view(request, **given)


def test_the_map_describes_itself_and_every_layer_it_names_can_be_fetched(places: None) -> None:
    described = json.loads(ask(pages.plan).content)
    assert described["bounds"] == [118.83, 36.70, 118.84, 36.71]
    for address in described["layers"].values():
        path, _, query = address.partition("?")
        answer = ask(pages.layer, f"?{query}", **resolve(path).kwargs)
        assert json.loads(answer.content)["type"] == "FeatureCollection"
        assert "immutable" in answer["Cache-Control"]


def test_a_layer_is_packed_when_the_browser_can_unpack_it(places: None) -> None:
    plain = ask(pages.layer, name="grids")
    packed = ask(pages.layer, name="grids", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Vary"] == "Accept-Encoding"


def test_a_layer_that_the_browser_has_is_not_sent_again(places: None) -> None:
    first = ask(pages.layer, name="grids")
    again = ask(pages.layer, name="grids", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.bump_plan(now=NOW)
    changed = ask(pages.layer, name="grids", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_an_address_of_an_older_plan_is_not_kept_for_good(places: None) -> None:
    assert ask(pages.layer, "?v=old", name="grids")["Cache-Control"] == "no-cache"


def test_a_place_is_named_in_every_coordinate_system(places: None) -> None:
    for system, (lon, lat) in {
        "wgs84": HERE,
        "gcj02": geo.wgs84_to_gcj02(*HERE),
        "bd09": geo.wgs84_to_bd09(*HERE),
    }.items():
        named = json.loads(ask(pages.place, f"?lon={lon}&lat={lat}&system={system}").content)
        assert named["label"] == "城关街道桥头社区第1网格"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "place.not_a_number"),
        ("?lon=abc&lat=36.7", "place.not_a_number"),
        ("?lon=36.7&lat=118.83", "place.looks_swapped"),
        ("?lon=116.4&lat=39.9", "place.outside_county"),
        ("?lon=118.83&lat=36.7&system=utm", "place.unknown_system"),
    ],
)
def test_a_place_that_cannot_be_right_gets_its_reason_in_words(
    places: None, query: str, code: str
) -> None:
    answer = ask(pages.place, query)
    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (422, code)
    assert told["message"] != code


def test_naming_a_place_asks_the_database_nothing_once_the_plan_is_known(places: None) -> None:
    ask(pages.place, f"?lon={HERE[0]}&lat={HERE[1]}")
    with CaptureQueriesContext(connection) as asked:
        ask(pages.place, f"?lon={HERE[0]}&lat={HERE[1]}")
    assert len(asked) == 0
