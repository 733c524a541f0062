"""The grid of a point, and points that cannot be right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from onegrid.common.refusals import Conflict, Invalid
from onegrid.core import geo
from onegrid.grids import actions, queries
from onegrid.grids.models import Area

from .conftest import COUNTY, NOW, SIDE, SINCE, SOUTH, WEST

IN_GRID_1 = (WEST + 0.002, SOUTH + 0.002)
pytestmark = pytest.mark.django_db


def grid_code(lon: float, lat: float, days: float = 0) -> str | None:
    on = NOW + timedelta(days=days)
    place = queries.grid_at(tenant_id=COUNTY, lon=lon, lat=lat, on=on)
    return place.grid_code if place else None


def test_a_point_falls_into_its_grid_with_all_names_above_it(places: None) -> None:
    place = queries.grid_at(tenant_id=COUNTY, lon=IN_GRID_1[0], lat=IN_GRID_1[1], on=NOW)
    assert place is not None
    assert (place.grid_code, place.community_code, place.street_code) == ("K1001", "K1", "S1")
    assert place.county_name == "小县"
    assert place.label == "城关街道桥头社区第1网格"
    assert queries.area(area_id=place.grid_id).name == place.grid_name  # type: ignore[arg-type]


def test_a_point_on_a_common_border_has_one_grid_always_the_same(places: None) -> None:
    assert grid_code(WEST + SIDE, SOUTH + SIDE) == "K1001"
    assert grid_code(WEST + SIDE, SOUTH + SIDE + 0.001) == "K1003"


def test_a_point_outside_of_the_grids_still_has_its_street(places: None) -> None:
    assert grid_code(118.87, 36.70) is None
    place = queries.place_of(tenant_id=COUNTY, lon=118.87, lat=36.70, on=NOW)
    assert (place.street_code, place.community_id, place.grid_id) == ("S2", None, None)
    assert place.label == "东乡镇"


def test_a_grid_counts_from_its_beginning_until_its_end(places: None) -> None:
    before = (SINCE - NOW).days - 1
    assert grid_code(*IN_GRID_1, days=before) is None
    Area.objects.filter(code="K1001").update(valid_to=NOW + timedelta(days=10))
    actions.bump_plan(now=NOW)
    assert grid_code(*IN_GRID_1, days=9.9) == "K1001"
    assert grid_code(*IN_GRID_1, days=10) is None


def test_a_change_of_the_plan_is_seen_at_once_where_it_was_made(places: None) -> None:
    assert grid_code(*IN_GRID_1) == "K1001"
    before = queries.plan_version()
    Area.objects.filter(code="K1001").update(code="K1009")
    actions.bump_plan(now=NOW)
    assert grid_code(*IN_GRID_1) == "K1009"
    assert queries.plan_version() != before


def test_a_change_that_is_rolled_back_leaves_the_old_plan(places: None) -> None:
    assert grid_code(*IN_GRID_1) == "K1001"
    with pytest.raises(RuntimeError), transaction.atomic():
        Area.objects.filter(code="K1001").update(code="K1009")
        actions.bump_plan(now=NOW)
        assert grid_code(*IN_GRID_1) == "K1009"
        raise RuntimeError
    queries.clear()
    assert grid_code(*IN_GRID_1) == "K1001"


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (36.70, 118.83, "place.looks_swapped"),
        (118_830_000, 36_700_000, "place.looks_scaled"),
        (118.884, 36.70, "place.looks_like_gcj02"),
        (118.8905, 36.70, "place.looks_like_bd09"),
        (116.40, 39.91, "place.outside_county"),
        (float("nan"), 36.70, "place.not_a_number"),
    ],
)
def test_a_point_that_cannot_be_right_is_refused_with_its_reason(
    places: None, lon: float, lat: float, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.place_of(tenant_id=COUNTY, lon=lon, lat=lat, on=NOW)
    assert refusal.value.code == code
    assert refusal.value.field == "place"


def test_a_shifted_point_becomes_right_once_its_system_is_known(places: None) -> None:
    shifted = geo.wgs84_to_bd09(*IN_GRID_1)
    assert grid_code(*shifted) != "K1001"
    assert grid_code(*geo.convert(*shifted, "bd09")) == "K1001"


def test_a_county_without_a_map_says_so(county: None) -> None:
    assert grid_code(*IN_GRID_1) is None
    with pytest.raises(Conflict, match=r"place\.no_plan"):
        queries.place_of(tenant_id=COUNTY, lon=118.83, lat=36.70, on=NOW)


def test_another_county_cannot_be_asked_within_this_one(places: None) -> None:
    with pytest.raises(ValueError, match="370724"):
        queries.grid_at(tenant_id=370724, lon=118.83, lat=36.70, on=NOW)


def test_the_database_keeps_two_areas_of_one_code_apart_in_time(places: None) -> None:
    grid = Area.objects.get(code="K1001")
    later = Area(
        level="grid",
        code="K1001",
        name="another",
        parent_id=grid.parent_id,
        path=grid.path,
        input_system="wgs84",
        valid_from=SINCE + timedelta(days=5),
        valid_to=SINCE + timedelta(days=9),
    )
    with pytest.raises(IntegrityError, match="area_one_at_a_time"), transaction.atomic():
        later.save(force_insert=True)
    Area.objects.filter(pk=grid.pk).update(valid_to=later.valid_from)
    later.save(force_insert=True)
    assert Area.objects.filter(code="K1001").count() == 2


def test_the_database_refuses_a_span_that_ends_before_it_begins(places: None) -> None:
    with pytest.raises(IntegrityError, match="area_valid_span"), transaction.atomic():
        Area.objects.filter(code="K1002").update(valid_to=SINCE)
