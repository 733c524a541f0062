"""Places are taken over all or nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core import geo
from onegrid.demo.adopt import adopt_town
from onegrid.demo.town import build_town
from onegrid.grids import actions, queries
from onegrid.grids.models import Area, Building, Dwelling
from onegrid.grids.ports import AreaInput

from .conftest import COUNTY, NOW, SINCE, small_areas, small_buildings


def changed(position: int, **values: object) -> list[AreaInput]:
    rows = small_areas()
    rows[position] = replace(rows[position], **values)  # type: ignore[arg-type]
    return rows


@pytest.mark.parametrize(
    "rows",
    [
        changed(3, level="block"),
        changed(3, code="C"),
        changed(3, name=" "),
        changed(3, parent_code="C"),
        changed(3, parent_code="nowhere"),
        changed(0, parent_code="S1"),
        changed(3, households=-1),
        changed(3, shape=LineString([(118.8, 36.7), (118.9, 36.7)])),
        changed(3, shape=Polygon([(118.8, 36.7), (118.9, 36.8), (118.9, 36.7), (118.8, 36.8)])),
    ],
)
@pytest.mark.django_db
def test_a_bad_area_is_named_and_nothing_is_written(county: None, rows: list[AreaInput]) -> None:
    with pytest.raises(Invalid, match=r"place\.row_bad") as refusal:
        actions.adopt_places(now=NOW, areas=rows)
    bad = refusal.value.params["row"]
    assert bad in (1, 4)
    assert str(bad) in text(refusal.value)
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_a_building_outside_of_every_grid_is_named(county: None) -> None:
    houses = small_buildings()
    houses[4] = replace(houses[4], grid_code="K1")
    with pytest.raises(Invalid, match=r"place\.row_bad") as refusal:
        actions.adopt_places(now=NOW, areas=small_areas(), buildings=houses)
    assert refusal.value.params["row"] == 5
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_places_are_adopted_once(places: None) -> None:
    with pytest.raises(Conflict, match=r"place\.already_there"):
        actions.adopt_places(now=NOW, areas=small_areas())


@pytest.mark.django_db
def test_an_unknown_system_is_refused(county: None) -> None:
    with pytest.raises(Invalid, match=r"place\.unknown_system") as refusal:
        actions.adopt_places(now=NOW, areas=small_areas(), system="utm")
    assert "gcj02" in text(refusal.value)


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
@pytest.mark.django_db
def test_shapes_of_another_system_are_kept_in_wgs84(county: None, system: str) -> None:
    forward = geo.wgs84_to_gcj02 if system == "gcj02" else geo.wgs84_to_bd09

    def shift(shape: object) -> object:
        return shapely.transform(
            shape, lambda xy: np.column_stack(forward(xy[:, 0].copy(), xy[:, 1].copy()))
        )

    rows = [replace(r, shape=None if r.shape is None else shift(r.shape)) for r in small_areas()]
    actions.adopt_places(now=NOW, areas=rows, system=system)
    kept = Area.objects.get(code="K1001")
    expected = next(r.shape for r in small_areas() if r.code == "K1001")
    assert kept.input_system == system
    assert shapely.from_wkb(bytes(kept.geom or b"")).equals_exact(expected, 1e-8)


@given(st.integers(1, 6), st.integers(1, 33), st.integers(0, 4))
def test_flats_are_numbered_without_gaps_or_doubles(
    units: int, floors: int, per_floor: int
) -> None:
    households = units * floors * per_floor
    found = actions.rooms(units=units, floors=floors, households=households)
    assert len(found) == len({(unit, room) for unit, _, room in found}) == households
    assert all(room.startswith(str(floor)) for _, floor, room in found)


@pytest.mark.django_db
def test_every_household_of_a_building_gets_a_flat_once(places: None) -> None:
    assert actions.adopt_dwellings(now=NOW) == 8 * 36
    assert actions.adopt_dwellings(now=NOW) == 0
    first = Building.objects.get(address__startswith="永康路1号", number="1号楼")
    rooms = Dwelling.objects.filter(building=first).order_by("unit", "floor", "room")
    assert [str(flat) for flat in rooms[:3]] == ["1-101", "1-102", "1-201"]


@pytest.mark.django_db
def test_the_invented_town_is_adopted_and_every_house_found_in_its_grid(county: None) -> None:
    town = build_town(np.random.default_rng(7))
    told: list[tuple[str, int, int]] = []
    adopted = adopt_town(town=town, now=NOW, since=SINCE, progress=lambda *step: told.append(step))
    assert adopted.buildings == len(town.buildings)
    grids = {row.code for row in queries.areas(level="grid", on=NOW)}
    assert grids == {one.code for one in town.earlier if one.level == "grid"}, "as cut before"
    assert ("areas", adopted.areas, adopted.areas) in told
    codes = {row.id: row.code for row in queries.areas(level="grid", on=NOW)}
    for house in Building.objects.all():
        place = queries.grid_at(tenant_id=COUNTY, lon=house.lon, lat=house.lat, on=NOW)
        assert place is not None
        assert place.grid_code == codes[house.grid_id]
    seat = queries.place_of(tenant_id=COUNTY, lon=118.822, lat=36.446, on=NOW)
    assert seat.label == "鄌郚镇"
