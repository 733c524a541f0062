"""Coordinate systems and what may be wrong with a point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.core import geo

CHANGLE = geo.Bounds(118.70, 36.25, 119.20, 36.80)
LON = st.floats(75.0, 134.0)
LAT = st.floats(18.0, 53.0)

# Published pairs: longitude, latitude before and after.
WGS_GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
GCJ_BD = [((116.404, 39.915), (116.41036949371029, 39.92133699351021))]
WGS_BD = [((114.21892734521, 29.575429778924), (114.23074952312, 29.579081808346))]


@pytest.mark.parametrize(("wgs", "gcj"), WGS_GCJ)
def test_wgs84_becomes_the_published_gcj02(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    assert geo.distance_m(*geo.wgs84_to_gcj02(*wgs), *gcj) < 0.01
    assert geo.distance_m(*geo.gcj02_to_wgs84(*gcj), *wgs) < 0.01


@pytest.mark.parametrize(("gcj", "bd"), GCJ_BD)
def test_gcj02_becomes_the_published_bd09(
    gcj: tuple[float, float], bd: tuple[float, float]
) -> None:
    assert geo.distance_m(*geo.gcj02_to_bd09(*gcj), *bd) < 0.01
    assert geo.distance_m(*geo.bd09_to_gcj02(*bd), *gcj) < 0.01


@pytest.mark.parametrize(("wgs", "bd"), WGS_BD)
def test_wgs84_becomes_the_bd09_of_the_map_maker_within_two_metres(
    wgs: tuple[float, float], bd: tuple[float, float]
) -> None:
    assert geo.distance_m(*geo.wgs84_to_bd09(*wgs), *bd) < 2.0


@given(LON, LAT)
def test_every_inverse_leads_back_within_a_centimetre(lon: float, lat: float) -> None:
    there_and_back = [
        geo.gcj02_to_wgs84(*geo.wgs84_to_gcj02(lon, lat)),
        geo.bd09_to_gcj02(*geo.gcj02_to_bd09(lon, lat)),
        geo.bd09_to_wgs84(*geo.wgs84_to_bd09(lon, lat)),
    ]
    assert max(geo.distance_m(*point, lon, lat) for point in there_and_back) < 0.01


@given(st.lists(st.tuples(LON, LAT), min_size=1, max_size=20), st.sampled_from(list(geo.System)))
def test_an_array_is_converted_like_its_points(
    points: list[tuple[float, float]], system: geo.System
) -> None:
    lon, lat = np.array(points).T
    out_lon, out_lat = geo.convert(lon, lat, system)
    for i, point in enumerate(points):
        assert (out_lon[i], out_lat[i]) == pytest.approx(geo.convert(*point, system), abs=1e-11)


def test_the_offset_is_about_five_hundred_metres_in_changle_and_nothing_abroad() -> None:
    assert 400 < geo.distance_m(118.83, 36.70, *geo.wgs84_to_gcj02(118.83, 36.70)) < 600
    assert geo.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)


def test_an_unknown_system_is_an_error() -> None:
    with pytest.raises(ValueError, match="utm"):
        geo.convert(118.83, 36.70, "utm")


def test_a_degree_of_latitude_is_111_km_long() -> None:
    assert geo.distance_m(118.8, 36.0, 118.8, 37.0) == pytest.approx(111_195, rel=1e-4)
    assert geo.distance_m(118.8, 36.0, 118.8, 36.0) == 0.0


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (118.83, 36.70, None),
        (118.70, 36.25, None),
        (36.70, 118.83, "place.looks_swapped"),
        (118_830_000, 36_700_000, "place.looks_scaled"),
        (13_228_095.0, 4_397_373.0, "place.looks_projected"),
        (119.204, 36.70, "place.looks_like_gcj02"),
        (119.211, 36.70, "place.looks_like_bd09"),
        (116.40, 39.91, "place.outside_county"),
        (0.0, 0.0, "place.outside_county"),
        (float("nan"), 36.7, "place.not_a_number"),
        (float("inf"), 36.7, "place.not_a_number"),
    ],
)
def test_a_bad_point_is_named(lon: float, lat: float, code: str | None) -> None:
    assert geo.diagnose(lon, lat, CHANGLE) == code


def test_a_point_in_the_box_reads_as_wgs84_and_a_far_one_as_nothing() -> None:
    assert geo.looks_like(118.83, 36.70, CHANGLE) is geo.System.WGS84
    assert geo.looks_like(116.4, 39.9, CHANGLE) is None
    assert geo.looks_like(-200.0, 95.0, CHANGLE) is None
