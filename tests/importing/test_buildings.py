"""Buildings of a table stand in the grids of a county, and can be planned."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from shapely import Point, box
from typer.testing import CliRunner

from onegrid.accounts.terms import Role
from onegrid.cli import app
from onegrid.common.refusals import NotFound
from onegrid.core import geo
from onegrid.grids import queries
from onegrid.grids.importing import buildings, registering
from onegrid.grids.models import Building
from onegrid.plans.layers.register import drafted
from onegrid.runtime.exits import Exit
from tests.county import COUNTY, Town, middle, report
from tests.importing.test_table import made

HEADER = ["address", "households", "compound", "lon", "lat", "outline", "system", "grid", "floors"]
LON, LAT = middle(1, 1)


def row(address: str, **cells: str) -> list[str]:
    given = {"address": address, "households": "20", "lon": str(LON), "lat": str(LAT), **cells}
    return [given.get(name, "") for name in HEADER]


def read(town: Town, *rows: list[str]) -> buildings.Table:
    return buildings.read(made(list(rows), header=HEADER).encode(), now=town.now)


def test_a_building_stands_in_the_grid_at_its_place_or_the_one_it_names(town: Town) -> None:
    shape = box(LON, LAT, LON + 2e-4, LAT + 2e-4)
    shifted = geo.wgs84_to_gcj02(*middle(0, 1))
    found = read(
        town,
        row("新楼1", outline=shape.wkt, lon="", lat="", compound="新苑"),
        row("新楼2", lon=str(shifted[0]), lat=str(shifted[1]), system="gcj02"),
        row("新楼3", grid="G12"),
    )
    assert found.problems == []
    outcome = registering.bring_in(found.rows, name="new", now=town.now)
    assert (outcome.batch, outcome.added, outcome.there_before) == ("buildings/new", 3, 0)
    later = town.now + timedelta(days=1)
    rows = {one.address: one for one in queries.buildings(area_id=town.areas["S1"], on=later)}
    codes = [queries.area(area_id=rows[f"新楼{n}"].grid_id).code for n in (1, 2, 3)]
    assert codes == ["G22", "G21", "G12"]
    assert (rows["新楼1"].households, rows["新楼1"].compound) == (20, "新苑")
    assert shape.contains(Point(rows["新楼1"].lon, rows["新楼1"].lat))
    again = registering.bring_in(found.rows, name="new", now=town.now)
    assert (again.added, again.there_before) == (0, 3)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"lon": "", "lat": ""}, "building.no_place"),
        ({"lon": "118.5", "lat": "36.5"}, "building.no_grid"),
        ({"grid": "G99"}, "building.unknown_grid"),
        ({"households": ""}, "row.empty"),
        ({"households": "many"}, "row.count"),
        ({"outline": "POLYGON((0 0, 1 1))"}, "building.outline"),
        ({"outline": "LINESTRING(0 0, 1 1)"}, "building.outline"),
        ({"floors": "1000"}, "building.too_many"),
    ],
)
def test_a_bad_row_is_named_and_stays_out(town: Town, cells: dict[str, str], code: str) -> None:
    found = read(town, row("好楼"), row("坏楼", **cells))
    assert [(one.row, one.code) for one in found.problems] == [(3, code)]
    assert [one.address for one in found.rows] == ["好楼"]


def undo(town: Town, name: str) -> registering.Undone:
    later = town.now + timedelta(days=1)
    return registering.undo(name, now=later, used=drafted)


def test_a_batch_that_nothing_uses_is_taken_back_as_if_it_had_not_been(town: Town) -> None:
    before = Building.objects.count()
    registering.bring_in(read(town, row("新楼1"), row("新楼2")).rows, name="a", now=town.now)
    assert [(one.batch, one.count) for one in registering.batches()] == [("buildings/a", 2)]
    assert undo(town, "a") == registering.Undone(removed=2, ended=0, restored=0, back=0)
    assert Building.objects.count() == before
    with pytest.raises(NotFound):
        undo(town, "a")


def test_a_building_that_a_case_or_a_draft_uses_ends_instead_of_vanishing(town: Town) -> None:
    from onegrid.cases.models import Case
    from tests.plans.steps import a_draft

    registering.bring_in(read(town, row("新楼1"), row("新楼2")).rows, name="a", now=town.now)
    case = report(town)
    house = Building.objects.get(address="新楼1")
    Case.objects.filter(pk=case.case_id).update(building=house)
    assert undo(town, "a") == registering.Undone(removed=1, ended=1, restored=0, back=0)
    house.refresh_from_db()
    assert house.valid_to == town.now + timedelta(days=1)
    registering.bring_in(read(town, row("新楼3")).rows, name="b", now=town.now)
    a_draft(town)
    assert undo(town, "b").ended == 1


def test_imported_buildings_are_part_of_a_draft(town: Town) -> None:
    from tests.plans.steps import a_draft, numbers

    registering.bring_in(read(town, row("新楼1")).rows, name="a", now=town.now)
    assert "新楼1" in numbers(town, a_draft(town))
    assert town.viewer(Role.STREET_OFFICER)


def test_geojson_is_read_and_the_template_says_what_to_fill_in(town: Town) -> None:
    shape = box(LON, LAT, LON + 2e-4, LAT + 2e-4)
    feature = {
        "type": "Feature",
        "properties": {"地址": "新楼9", "户数": 12},
        "geometry": json.loads(json.dumps(shape.__geo_interface__)),
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    found = buildings.read(content, now=town.now)
    assert found.problems == []
    assert [(one.address, one.households) for one in found.rows] == [("新楼9", 12)]
    assert "address" in buildings.template()


def test_the_command_checks_without_writing(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(made([row("新楼1")], header=HEADER), "utf-8")
    asked = ["import", "buildings", str(path), "--county", str(COUNTY), "--dry-run"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == Exit.OK, done.output
    assert not Building.objects.filter(address="新楼1").exists()
