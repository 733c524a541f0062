"""How much two requests are alike: properties and hand-made examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.core import similar
from onegrid.core.geo import distance_m
from onegrid.core.similar import Matter, bigrams, likeness

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LON, LAT = 118.83, 36.70

matters = st.builds(
    Matter,
    family=st.sampled_from(["", "water", "power"]),
    grams=st.text(alphabet="水管漏路灯不亮A１ ", max_size=12).map(bigrams),
    radius_m=st.sampled_from([50.0, 150.0, 500.0]),
    at=st.integers(0, 100).map(lambda days: NOW + timedelta(days=days)),
    lon=st.floats(118.82, 118.84),
    lat=st.floats(36.69, 36.71),
    building=st.sampled_from(["", "b1", "b2"]),
    reporters=st.sets(st.sampled_from(["a", "b"])).map(frozenset),
)


@given(matters, matters)
def test_likeness_is_symmetric_and_between_0_and_1(one: Matter, other: Matter) -> None:
    there, back = likeness(one, other), likeness(other, one)
    assert there == back
    for sign in (there.family, there.place, there.words, there.time, there.reporter, there.score):
        assert 0.0 <= sign <= 1.0


@given(matters)
def test_a_known_matter_is_fully_like_itself(one: Matter) -> None:
    found = likeness(one, one)
    missing = (not one.family) * 0.3 + (not one.grams) * 0.2 + (not one.reporters) * 0.1
    assert found.score == pytest.approx(1.0 - missing)


@given(st.floats(0, 700))
def test_nearness_never_grows_with_the_distance(metres: float) -> None:
    def at(apart: float) -> float:
        here = Matter("water", frozenset(), 150.0, NOW, LON, LAT)
        return likeness(here, Matter("water", frozenset(), 150.0, NOW, LON, LAT + apart)).place

    steps = [at(metres / 111_195 * part) for part in (0, 0.5, 1, 1.5)]
    assert all(near >= far for near, far in pairwise(steps))


def test_nothing_is_suggested_for_the_same_place_alone() -> None:
    one = Matter("water", bigrams("水管漏水"), 150.0, NOW, LON, LAT, "b1", frozenset({"a"}))
    other = Matter("power", bigrams("路灯不亮"), 150.0, NOW, LON, LAT, "b1", frozenset({"b"}))
    found = likeness(one, other)
    assert found.score == pytest.approx(0.4)
    assert not found.suggested


def test_the_same_matter_next_door_is_suggested_with_its_reasons() -> None:
    one = Matter("water", bigrams("楼下水管漏水两天了"), 150.0, NOW, LON, LAT, "b1")
    other = Matter(
        "water", bigrams("水管漏水，没人管"), 150.0, NOW - timedelta(days=3), LON, LAT, "b1"
    )
    found = likeness(one, other)
    assert found.suggested and found.same_building and found.days == 3
    assert found.words == pytest.approx(2 * 3 / (8 + 6))


def test_letters_count_and_blanks_width_and_case_do_not() -> None:
    assert bigrams("Ａ b，C") == {"ab", "bc"} == bigrams("abc")
    assert bigrams("。") == frozenset()
    assert bigrams("水") == {"水"}


@given(
    st.floats(73, 135),
    st.floats(18, 53),
    st.floats(0, 1),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
def test_whatever_lies_within_the_radius_is_in_one_of_the_cells_around(
    lon: float, lat: float, share: float, right: float, up: float
) -> None:
    radius = share * similar.MAX_RADIUS_M
    across, height = similar.reach(lat, radius)
    x, y = lon + right * across, lat + up * height
    around = similar.cells_around("water", lon, lat, radius)
    assert len(around) <= 20
    if float(distance_m(lon, lat, x, y)) <= radius:
        assert similar.cell("water", x, y) in around


def test_without_family_or_place_there_is_no_cell() -> None:
    assert similar.cell("", LON, LAT) == similar.cell("water", None, None) == ""
