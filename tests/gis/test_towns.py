"""From layers to a town: households, neighbours, barriers, compounds, today's grids."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.planning import Barrier, TownError
from onegrid.gis.areas import areas
from onegrid.gis.errors import BadRows, GisError
from onegrid.gis.reading import Layer, read
from onegrid.gis.towns import HOUSEHOLDS, Sources, Surveyed, survey
from tests.gis.places import LAT, LON, X, Y, house, houses, random_houses, road, saved

REAL = Path(__file__).resolve().parents[2].parent / "shared/data/buildings/nanshan-building.geojson"


def layer(frame: GeoDataFrame, name: str = "town.geojson") -> Layer:
    return Layer(frame.reset_index(drop=True), name, "wgs84")


def of(frame: GeoDataFrame, **given: object) -> Surveyed:
    return survey(Sources(layer(frame), **given))  # type: ignore[arg-type]


def codes(found: Surveyed) -> set[str]:
    return {note.code for note in found.notes}


def test_counted_households_win_over_an_estimate() -> None:
    found = of(houses(households=7, floors=6))
    assert found.town.households.tolist() == [7.0] * 30
    assert "note.counted" in codes(found)


@pytest.mark.parametrize(
    ("columns", "households"),
    [
        ({"floors": 9}, 20),
        ({"层数": "9层"}, 20),
        ({"building:levels": "9"}, 20),
        ({"height": 27}, 20),
        ({"height": "27 m"}, 20),
        ({"height": 1.5}, 2),
        ({"color": "red"}, 2),
        ({"building:levels": "9;10"}, 20),
        ({"building:levels": "roof"}, 2),
        ({"floors": [9, None] * 15, "height": 27}, 20),
        ({"floors": None, "height": "-1"}, 2),
    ],
)
def test_households_are_estimated_from_the_floor_area(
    columns: dict[str, object], households: int
) -> None:
    found = of(houses(**columns))
    assert found.town.households.tolist() == [float(households)] * 30, "200 m² on each floor"


def test_points_between_outlines_count_for_nobody_in_an_estimate() -> None:
    import pandas

    frame = houses(floors=9)
    shop = frame.iloc[[0]].assign(geometry=[shapely.Point(LON + 25 * X, LAT)])
    found = of(pandas.concat([frame, shop], ignore_index=True))
    assert len(found.town) == 30
    assert "note.other_kinds" in codes(found)


def test_nobody_lives_in_offices_and_schools() -> None:
    uses = [
        "住宅",
        "商业",
        "学校",
        "apartments",
        "office",
        "yes",
        "",
        "商住楼",
        "非住宅",
        "house",
    ] * 3
    found = of(houses(floors=9, use=uses))
    assert found.town.households[:10].tolist() == [20, 0, 0, 20, 0, 20, 20, 20, 0, 20]
    assert "note.not_lived_in" in codes(found)


def test_points_need_a_column_of_households() -> None:
    frame = houses(floors=6)
    points = frame.set_geometry(frame.to_crs(3857).centroid.to_crs(4326))
    with pytest.raises(GisError, match=re.escape("gis.households_unknown")):
        of(points)
    assert of(points.assign(户数=3)).town.households.sum() == 90
    assert of(points.assign(n=3), households="N").town.households.sum() == 90


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(GisError) as caught:
        of(houses(), households="families")
    assert caught.value.params["known"] == "name, households"


def test_a_bad_number_of_households_names_its_row() -> None:
    values = ["10"] * 30
    values[4], values[9] = "viele", "-3"
    with pytest.raises(BadRows) as caught:
        of(houses(households=values))
    assert [(one.row, one.column) for one in caught.value.problems] == [
        (5, "households"),
        (10, "households"),
    ]


def test_a_town_where_nobody_lives_is_refused() -> None:
    with pytest.raises(TownError, match=re.escape("town.nobody_lives_here")):
        of(houses(households=0))


def bow_tie() -> GeoDataFrame:
    frame = houses()
    x, y = LON + 60 * X, LAT
    tie = shapely.Polygon([(x, y), (x + 20 * X, y + 10 * Y), (x + 20 * X, y), (x, y + 10 * Y)])
    frame.loc[2, "geometry"] = tie
    return frame


def test_an_invalid_shape_is_refused_with_its_row_and_reason() -> None:
    with pytest.raises(BadRows) as caught:
        of(bow_tie())
    (problem,) = caught.value.problems
    assert (problem.row, problem.code) == (3, "gis.invalid")
    assert "Self-intersection" in str(problem.params["reason"])


def test_an_invalid_shape_is_mended_with_consent() -> None:
    found = of(bow_tie(), repair=True)
    assert len(found.town) == 30
    assert "note.repaired" in codes(found)


def test_a_ring_that_only_touches_itself_needs_no_consent() -> None:
    frame = houses()
    x, y = LON, LAT
    ring = [(0, 0), (20, 0), (20, 10), (10, 10), (12, 6), (8, 6), (10, 10), (0, 10)]
    frame.loc[0, "geometry"] = shapely.Polygon([(x + a * X, y + b * Y) for a, b in ring])
    assert not frame.geometry.iloc[0].is_valid
    assert len(of(frame).town) == 30


def test_features_of_many_buildings_are_taken_apart() -> None:
    parts = shapely.MultiPolygon(houses().geometry.tolist())
    frame = GeoDataFrame({"height": [27.0]}, geometry=[parts], crs=4326)
    found = of(frame)
    assert found.town.households.tolist() == [20.0] * 30
    counted = of(GeoDataFrame({"households": [300.0]}, geometry=[parts], crs=4326))
    assert counted.town.households.tolist() == [300.0], "a counted feature stays one"


def test_the_same_place_twice_is_one_building() -> None:
    import pandas

    frame = houses(3, 2)
    other_door = frame.iloc[[0]].assign(name="后门", households=4)
    twice = pandas.concat([frame, frame.iloc[[1]], other_door], ignore_index=True)
    found = of(twice)
    assert found.town.households.tolist() == [14, 10, 10, 10, 10, 10]


def test_rows_of_houses_have_the_neighbours_one_expects() -> None:
    town = of(houses()).town
    pairs = {tuple(sorted(pair)) for pair in town.edges.tolist()}
    beside = {(n, n + 1) for n in range(30) if n % 6 < 5}
    behind = {(n, n + 6) for n in range(24)}
    assert beside | behind <= pairs
    assert all(b - a in {1, 5, 6, 7} for a, b in pairs)
    assert (town.area > 200).all(), "more than the house itself"
    middle = 8
    assert town.outer[middle] == 0.0
    assert town.area[middle] == pytest.approx(900, rel=0.1)


def test_hamlets_far_apart_are_joined_by_a_link() -> None:
    frame = houses(4, 3)
    away = frame.assign(geometry=frame.translate(2000 * X, 0))
    import pandas

    town = of(pandas.concat([frame, away], ignore_index=True)).town
    across = [n for n, (a, b) in enumerate(town.edges.tolist()) if (a < 12) != (b < 12)]
    assert len(across) == 1
    assert town.shared[across[0]] == 0


def test_a_main_road_is_a_barrier_and_borders_follow_it() -> None:
    found = of(houses(), barriers=[(layer(road(3)), None)])
    town = found.town
    west = np.arange(30) % 6 < 3
    crossing = west[town.edges[:, 0]] != west[town.edges[:, 1]]
    assert crossing.any()
    assert (town.barrier[crossing] == Barrier.MAIN_ROAD).all()
    assert (town.barrier[~crossing] == Barrier.PATH).all()
    made = areas(found.cells, (~west).astype(np.int64))
    line = road(3).to_crs(found.frame.crs).geometry.iloc[0]
    shared = shapely.intersection(*shapely.boundary(made.shapes))
    inside = shapely.intersection(shared, shapely.buffer(line, 0.2))
    assert shapely.length(inside) > 0.95 * shapely.length(shared)


@pytest.mark.parametrize("seed", range(6))
def test_no_pair_of_neighbours_leads_around_a_crossing_of_main_roads(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = LON + rng.uniform(-400, 400, 90) * X, LAT + rng.uniform(-400, 400, 90) * Y
    frame = GeoDataFrame({"households": [5] * 90}, geometry=shapely.points(x, y), crs=4326)
    lines = [
        shapely.LineString([(LON - 900 * X, LAT + 90 * Y), (LON + 900 * X, LAT - 60 * Y)]),
        shapely.LineString([(LON - 50 * X, LAT - 900 * Y), (LON + 70 * X, LAT + 900 * Y)]),
    ]
    roads = GeoDataFrame({"highway": ["primary"] * 2}, geometry=lines, crs=4326)
    found = of(frame, barriers=[(layer(roads), None)])
    assert found.barriers is not None
    ways = shapely.linestrings(found.town.xy[found.town.edges[found.town.open]])
    across = shapely.intersects(ways, shapely.union_all(found.barriers.shapes))
    assert not across.any()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"highway": ["trunk_link"]}, Barrier.MAIN_ROAD),
        ({"highway": ["residential"]}, Barrier.SMALL_ROAD),
        ({"highway": ["footway"]}, Barrier.PATH),
        ({"highway": ["primary"], "tunnel": ["yes"]}, Barrier.PATH),
        ({"railway": ["rail"]}, Barrier.RAILWAY),
        ({"waterway": ["canal"]}, Barrier.RIVER),
        ({"class": ["主干道"]}, Barrier.MAIN_ROAD),
        ({"class": [3]}, Barrier.RIVER),
        ({"fclass": ["secondary"]}, Barrier.MAIN_ROAD),
    ],
)
def test_the_class_of_a_barrier_is_understood(
    columns: dict[str, list[object]], expected: Barrier
) -> None:
    frame = road(3).drop(columns="highway").assign(**columns)
    town = of(houses(), barriers=[(layer(frame), None)]).town
    assert town.barrier.max() == expected


def test_a_barrier_of_unknown_class_is_asked_for() -> None:
    frame = road(3).drop(columns="highway")
    with pytest.raises(GisError, match=re.escape("gis.barrier_class")):
        of(houses(), barriers=[(layer(frame), None)])
    town = of(houses(), barriers=[(layer(frame), Barrier.RAILWAY)]).town
    assert town.barrier.max() == Barrier.RAILWAY


def test_a_river_may_be_an_area() -> None:
    shape = road(3).to_crs(3857).buffer(3).to_crs(4326)
    frame = GeoDataFrame({"natural": ["water"]}, geometry=shape.to_list(), crs=4326)
    town = of(houses(), barriers=[(layer(frame), None)]).town
    assert (town.barrier == Barrier.RIVER).sum() >= 5


def test_compounds_and_todays_grids_come_from_areas_or_columns() -> None:
    box = shapely.box(LON - 10 * X, LAT - 10 * Y, LON + 85 * X, LAT + 200 * Y)
    inside = shapely.box(LON - 10 * X, LAT - 10 * Y, LON + 85 * X, LAT + 25 * Y)
    frame = GeoDataFrame({"name": ["西区", "西南"]}, geometry=[box, inside], crs=4326)
    found = of(houses(), today=layer(frame), compounds="name")
    assert found.today == ("西区", "西南")
    assert found.town.today is not None
    assert found.town.today[:6].tolist() == [1, 1, 1, -1, -1, -1], "the smaller area counts"
    assert found.town.today[6:9].tolist() == [0, 0, 0]
    assert len(set(found.town.compound.tolist())) == 30
    by_column = of(houses(households=10, 网格=["甲", "乙", ""] * 10))
    assert by_column.today == ("乙", "甲") or by_column.today == ("甲", "乙")
    assert (by_column.town.today == -1).sum() == 10  # type: ignore[union-attr]


def test_an_outline_is_filled_to_its_border() -> None:
    outline = shapely.box(LON - 400 * X, LAT - 300 * Y, LON + 500 * X, LAT + 400 * Y)
    frame = GeoDataFrame(geometry=[outline], crs=4326)
    found = of(houses(), outline=layer(frame))
    made = areas(found.cells, (np.arange(30) % 6 < 3).astype(np.int64), found.outline)
    assert made.sound
    assert shapely.area(made.shapes).sum() == pytest.approx(found.outline.area, rel=1e-4)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), k=st.integers(1, 7), roads=st.booleans())
def test_grids_cover_all_cells_without_an_overlap(seed: int, n: int, k: int, roads: bool) -> None:
    rng = np.random.default_rng(seed)
    frame = random_houses(rng, n)
    barriers = [(layer(road(20)), None)] if roads else []
    found = of(frame, barriers=barriers)
    labels = np.unique(rng.integers(0, k, n), return_inverse=True)[1].astype(np.int64)
    made = areas(found.cells, labels)
    assert made.sound
    assert shapely.is_valid(made.shapes).all()
    ground = np.bincount(labels, found.town.area)
    assert shapely.area(made.shapes) == pytest.approx(ground, rel=1e-3, abs=1.0)
    joined = shapely.union_all(made.shapes)
    assert joined.area == pytest.approx(shapely.area(made.shapes).sum(), rel=1e-6)
    assert shapely.contains_properly(joined, shapely.points(found.town.xy)).all()
    pieces = found.town.edges
    assert n == 1 or set(range(n)) == set(pieces.ravel().tolist())


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_every_house_lies_in_the_polygon_of_its_own_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = of(random_houses(rng, 40))
    labels = np.arange(40)
    prints = found.frame.geometry.to_numpy()
    made = areas(found.cells, labels, None, prints)
    own = shapely.area(shapely.intersection(prints, made.shapes[labels])) / shapely.area(prints)
    assert own.min() > 0.999
    assert made.sound


def test_borders_go_around_houses_also_when_each_house_is_one_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onegrid.gis.cells._MOST_POINTS", 1)
    found = of(random_houses(np.random.default_rng(5), 300))
    assert (found.cells.owner >= 0).sum() == 300
    prints = found.frame.geometry.to_numpy()
    labels = (found.town.xy[:, 0] > np.median(found.town.xy[:, 0])).astype(np.int64)
    plain = areas(found.cells, labels)
    made = areas(found.cells, labels, None, prints)

    def own(shapes: np.ndarray) -> float:
        inside = shapely.area(shapely.intersection(prints, shapes[labels]))
        return float((inside / shapely.area(prints)).min())

    assert own(plain.shapes) < 0.999 < own(made.shapes)
    assert made.sound


def test_a_shapefile_plans_like_a_geopackage(tmp_path: Path) -> None:
    one = survey(Sources(read(saved(houses(), tmp_path / "a.shp"))))
    two = survey(Sources(read(saved(houses(), tmp_path / "b.gpkg"))))
    assert one.town.households.tolist() == two.town.households.tolist()
    assert one.town.edges.tolist() == two.town.edges.tolist()


def test_houses_on_one_line_and_a_single_house_are_towns_too() -> None:
    line = GeoDataFrame(
        {"households": [5] * 4}, geometry=[house(n * 20, 0) for n in range(4)], crs=4326
    )
    assert len(of(line).town.edges) == 3
    assert len(of(line.iloc[:1]).town.edges) == 0


@pytest.mark.skipif(not REAL.exists(), reason="the shared buildings are not on this machine")
def test_the_real_buildings_are_5438_with_their_floor_area() -> None:
    found = survey(Sources(read(REAL)))
    assert len(found.town) == 5438
    area = found.frame.geometry.area.to_numpy()
    expected = area * np.maximum(1, found.frame["height"] / 3) / 90
    assert found.frame[HOUSEHOLDS].to_numpy() == pytest.approx(expected, abs=0.5)
