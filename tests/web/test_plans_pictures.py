"""Colours and small pictures of a plan."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from onegrid.web.desk.plans.colours import COLOURS, colours, neighbours
from onegrid.web.desk.plans.sketch import WIDTH, sketch


def board(side: int, per_grid: int = 4) -> list[tuple[float, float, int]]:
    """A square of side × side grids with per_grid × per_grid buildings each."""
    step = 0.0005
    return [
        (118.8 + x * step, 36.7 + y * step, (y // per_grid) * side + x // per_grid)
        for x in range(side * per_grid)
        for y in range(side * per_grid)
    ]


def alike(given: dict[int, int], beside: dict[int, set[int]]) -> list[tuple[int, int]]:
    return [(a, b) for a in beside for b in beside[a] if given[a] == given[b]]


def test_neighbours_never_have_the_same_colour_and_few_colours_do() -> None:
    spots = board(9)
    given = colours(spots)
    assert set(given) == set(range(81))
    assert alike(given, neighbours(spots)) == []
    assert len(set(given.values())) <= COLOURS


def test_grids_that_touch_at_a_side_or_a_corner_are_neighbours_and_others_are_not() -> None:
    beside = neighbours(board(5))
    assert beside[12] == {6, 7, 8, 11, 13, 16, 17, 18}


def test_a_colour_stays_when_a_building_changes_its_grid() -> None:
    spots = board(6)
    before = colours(spots)
    moved = [(x, y, 8 if (x, y) == spots[0][:2] else number) for x, y, number in spots]
    after = colours(moved, kept=before)
    changed = {number for number in before if before[number] != after[number]}
    assert changed <= {0, 8}, "only where two neighbours would look alike"
    assert alike(after, neighbours(moved)) == []


@given(
    st.lists(
        st.tuples(st.floats(118.7, 118.9), st.floats(36.6, 36.8), st.integers(-1, 12)), max_size=60
    )
)
def test_every_grid_has_one_of_the_colours_however_the_buildings_lie(
    spots: list[tuple[float, float, int]],
) -> None:
    given_colours = colours(spots)
    assert set(given_colours) == {number for _, _, number in spots if number >= 0}
    assert all(0 <= colour < COLOURS for colour in given_colours.values())


def square(number: int, west: float, **more: object) -> dict[str, object]:
    ring = [[west, 36.7], [west + 0.01, 36.7], [west + 0.01, 36.71], [west, 36.71], [west, 36.7]]
    known = {"number": number, "name": f"第{number}网格", "within": True, "connected": True, **more}
    return {
        "type": "Feature",
        "properties": known,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_picture_keeps_the_proportions_of_the_ground_and_stays_in_its_frame() -> None:
    found = sketch(
        outlines=collection(square(0, 118.80), square(1, 118.81, within=False)),
        today=collection(square(0, 118.80)),
        colours={0: 3, 1: 5},
    )
    assert found is not None
    assert [(one.colour, one.wrong) for one in found.shapes] == [(3, False), (5, True)]
    assert found.shapes[0].line.startswith("M0.0 ")
    assert "L1000.0 " in found.shapes[1].line
    assert 615 < found.height < 632, "2 by 1 hundredths of a degree at 36.7 degrees north"
    assert found.width == WIDTH
    assert found.today


def test_there_is_no_picture_of_nothing() -> None:
    assert sketch(outlines=collection()) is None
