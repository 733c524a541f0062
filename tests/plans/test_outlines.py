"""Ground shared out among buildings."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from onegrid.plans.outlines import _polygons, share_out

OUTLINE = Polygon([(118.80, 36.70), (118.804, 36.7005), (118.8035, 36.704), (118.8002, 36.703)])
SPOT = st.tuples(st.floats(118.7995, 118.8045), st.floats(36.6995, 36.7045))


@given(spots=st.lists(SPOT, min_size=1, max_size=12), cut=st.integers(0, 2**12 - 1))
def test_two_parts_of_the_ground_make_up_the_whole(
    spots: list[tuple[float, float]], cut: int
) -> None:
    walls = np.array([Point(x, y).buffer(1e-4) for x, y in spots], dtype=object)
    shares = share_out(walls, OUTLINE)
    inside = np.array([bool(cut >> n & 1) for n in range(len(spots))])
    one = _polygons(shares.of(inside, OUTLINE)) if inside.any() else Polygon()
    other = _polygons(shares.of(~inside, OUTLINE)) if not inside.all() else Polygon()
    assert one.area + other.area == pytest.approx(OUTLINE.area, rel=1e-9)
    assert one.intersection(other).area == pytest.approx(0, abs=1e-9 * OUTLINE.area)


def test_every_spot_goes_to_the_nearest_wall() -> None:
    west, east = box(0.001, 0.001, 0.002, 0.003), box(0.008, 0.001, 0.009, 0.003)
    outline = box(0, 0, 0.01, 0.004)
    shares = share_out(np.array([west, east], dtype=object), outline)
    found = shares.of(np.array([True, False]), outline)
    assert found.contains(Point(0.0045, 0.002))
    assert not found.contains(Point(0.0055, 0.002))


def test_only_what_has_an_area_is_an_outline() -> None:
    square = box(0, 0, 1, 1)
    mixed = shapely.GeometryCollection([square, LineString([(1, 1), (2, 2)]), Point(3, 3)])
    assert _polygons(mixed).equals(square)
    assert _polygons(square) is square
    assert _polygons(LineString([(0, 0), (1, 1)])).is_empty
