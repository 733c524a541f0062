"""The invented town keeps every promise a planned town makes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import shapely

from onegrid.demo.divisions import of_kind
from onegrid.demo.town import Town, build_town

SEEDS = [1, 7, 160]
BAND = range(300, 501)


@cache
def town(seed: int) -> Town:
    return build_town(np.random.default_rng(seed))


@pytest.fixture(params=SEEDS)
def built(request: pytest.FixtureRequest) -> Town:
    return town(request.param)


def drawn(built: Town, level: str) -> dict[str, Any]:
    return {a.code: a.polygon for a in built.of_level(level) if a.polygon is not None}


def test_the_list_names_one_county_eight_streets_and_towns_and_22_urban_communities() -> None:
    assert [d.name for d in of_kind("county")] == ["昌乐县"]
    assert len(of_kind("street", "town")) == 8
    parents = [d.parent_code for d in of_kind("urban_community")]
    assert (parents.count("370725001000"), parents.count("370725002000")) == (18, 4)
    assert len(of_kind("village")) == 370


def test_every_grid_has_300_to_500_households(built: Town) -> None:
    grids = built.of_level("grid")
    assert all(grid.households in BAND for grid in grids)
    assert 200 <= len(grids) <= 240
    assert 85_000 <= built.households <= 95_000


def test_counts_add_up_from_building_to_county(built: Town) -> None:
    inside: dict[str, int] = {}
    for building in built.buildings:
        assert building.households == building.floors * building.units * building.flats_per_floor
        inside[building.grid_code] = inside.get(building.grid_code, 0) + building.households
    assert inside == {grid.code: grid.households for grid in built.of_level("grid")}
    sums = {area.code: area.households for area in built.areas if area.polygon is not None}
    for parent in built.of_level("community") + built.of_level("street") + built.of_level("county"):
        own = [a.households or 0 for a in built.areas if a.parent_code == parent.code]
        assert (sum(own) or None) == sums.get(parent.code)


def test_grids_tessellate_their_community_and_streets_the_county(built: Town) -> None:
    for level, above in (("grid", "community"), ("street", "county")):
        parts = drawn(built, level)
        assert shapely.coverage_is_valid(np.array(list(parts.values()), dtype=object))
        parent = {a.code: a.parent_code for a in built.of_level(level)}
        for whole in built.of_level(above):
            own = [p for code, p in parts.items() if parent[code] == whole.code]
            if whole.polygon is None:
                assert own == []
                continue
            assert whole.polygon.is_valid
            assert shapely.union_all(own).equals(whole.polygon)
            assert sum(p.area for p in own) == pytest.approx(whole.polygon.area, rel=1e-9)


def test_each_community_lies_in_its_street_in_one_piece(built: Town) -> None:
    streets, communities = drawn(built, "street"), drawn(built, "community")
    assert len(communities) == 22
    for code, polygon in communities.items():
        assert polygon.geom_type == "Polygon"
        outside = shapely.difference(polygon, streets[f"{code[:9]}000"])
        assert outside.area == pytest.approx(0.0, abs=1e-14)


def test_each_building_stands_in_its_grid_and_on_no_other(built: Town) -> None:
    grids = drawn(built, "grid")
    assert all(grids[b.grid_code].contains(b.footprint) for b in built.buildings)
    footprints = np.array([b.footprint for b in built.buildings], dtype=object)
    left, right = shapely.STRtree(footprints).query(footprints, predicate="overlaps")
    assert len(left) == len(right) == 0


def test_no_building_stands_in_the_water(built: Town) -> None:
    water = shapely.union_all([layer.shape for layer in built.layers if layer.kind == "water"])
    shapely.prepare(water)
    assert not shapely.intersects(water, [b.footprint for b in built.buildings]).any()


def test_names_codes_and_addresses_are_told_apart(built: Town) -> None:
    for rows in ([a.code for a in built.areas], [c.name for c in built.compounds]):
        assert len(set(rows)) == len(rows)
    grids = built.of_level("grid")
    assert all(grid.code.startswith(grid.parent_code) and len(grid.code) == 15 for grid in grids)
    doors = [building.address for building in built.buildings]
    assert len(set(doors)) == len(doors)
    kinds = {layer.kind for layer in built.layers}
    assert kinds == {"road", "rail", "water", "green"}


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    again = build_town(np.random.default_rng(7))
    assert again == town(7)
    assert again != town(1)
