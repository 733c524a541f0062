"""Streets, communities and grids of a table become the places of a county."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import shapely
from openpyxl import Workbook
from shapely import box
from typer.testing import CliRunner

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions as cases
from onegrid.cases.actions import Place, Request
from onegrid.cli import app
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Outcome
from onegrid.core import geo
from onegrid.grids import importing, queries
from onegrid.grids.models import Area
from onegrid.runtime.exits import Exit
from onegrid.starter.build import build
from tests.county import COUNTY, county
from tests.importing.test_table import made

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HEADER = ["level", "code", "name", "parent", "households", "outline", "system", "valid_from"]
TOWN = box(118.80, 36.70, 118.84, 36.74)
WEST = box(118.80, 36.70, 118.82, 36.74)
ROWS = [
    ["street", "S1", "东街街道", "", "1600", TOWN.wkt, "", "2026-01-01"],
    ["community", "C1", "和平社区", "S1", "800", WEST.wkt, "wgs84", "2026-01-01"],
    ["community", "V1", "柳树村", "S1", "", "", "", "2026-01-01"],
    ["grid", "G1", "和平社区第1网格", "C1", "400", WEST.wkt, "", "2026-01-01"],
]


@pytest.fixture(autouse=True)
def bare_county(db: None) -> Iterator[None]:
    with county(NOW):
        yield


def table(rows: list[list[str]], header: list[str] = HEADER) -> importing.Table:
    return importing.read(made(rows, header=header).encode(), now=NOW)


def brought(rows: list[list[str]] = ROWS, name: str = "small") -> Outcome:
    found = table(rows)
    assert not found.problems
    return importing.bring_in(found.rows, name=name, now=NOW)


def changed(position: int, **cells: str) -> list[list[str]]:
    rows = [list(row) for row in ROWS]
    rows[position] = [
        cells.get(name, cell) for name, cell in zip(HEADER, rows[position], strict=True)
    ]
    return rows


def test_a_table_becomes_the_places_of_the_county() -> None:
    outcome = brought()
    assert (outcome.batch, outcome.added, outcome.there_before) == ("places/small", 5, 0)
    found = queries.place_of(tenant_id=COUNTY, lon=118.81, lat=36.72, on=NOW)
    assert (found.county_code, found.street_name, found.grid_code) == (
        str(COUNTY), "东街街道", "G1",
    )  # fmt: skip
    village = Area.objects.get(code="V1")
    assert village.geom is None and village.path == f"{COUNTY}/S1/V1"


def test_the_order_of_rows_and_chinese_headings_do_not_matter() -> None:
    header = [importing.COLUMNS[name][0] for name in HEADER]
    rows = [list(row) for row in reversed(ROWS)]
    for row, level in zip(rows, ["网格", "村", "社区", "街道"], strict=True):
        row[0] = level
    found = table(rows, header)
    assert not found.problems and importing.bring_in(found.rows, name="x", now=NOW).added == 5


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_shifted_outlines_are_kept_in_wgs84(system: str) -> None:
    step = geo.wgs84_to_gcj02 if system == "gcj02" else geo.wgs84_to_bd09
    given = shapely.transform(TOWN, lambda xy: [[*step(float(x), float(y))] for x, y in xy])
    brought([["street", "S1", "东街街道", "", "", given.wkt, system, ""]])
    kept = Area.objects.get(code="S1")
    assert kept.input_system == system
    shape = shapely.from_wkb(bytes(kept.geom))
    assert shape.symmetric_difference(TOWN).area / TOWN.area < 1e-3


def test_excel_and_geojson_bring_the_same_places() -> None:
    book = Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append([*row[:4], int(row[4]) if row[4].isdigit() else row[4], *row[5:], None])
    out = io.BytesIO()
    book.save(out)
    from_excel = importing.read(out.getvalue(), now=NOW)
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(HEADER, row, strict=True)),
            "geometry": json.loads(shapely.to_geojson(shapely.from_wkt(row[5])))
            if row[5]
            else None,
        }
        for row in ROWS
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    from_geojson = importing.read(content, now=NOW)
    wanted = table(ROWS)
    for found in (from_excel, from_geojson):
        assert not found.problems
        for row, other in zip(found.rows, wanted.rows, strict=True):
            assert (row.code, row.households, row.valid_from) == (
                other.code, other.households, other.valid_from,
            )  # fmt: skip
            assert (row.outline is None) == (other.outline is None)


@pytest.mark.parametrize(
    ("position", "cells", "column", "code"),
    [
        (0, {"level": "block"}, "level", "row.choice"),
        (0, {"name": ""}, "name", "row.empty"),
        (0, {"households": "many"}, "households", "row.count"),
        (0, {"outline": "POLYGON((1 2"}, "outline", "area.outline"),
        (0, {"outline": '{"type":"Point","coordinates":[118.8,36.7]}'}, "outline", "area.outline"),
        (0, {"outline": "POLYGON((36 118,37 118,37 119,36 118))"}, "outline", "area.degrees"),
        (
            1,
            {"outline": "POLYGON((118.80 36.70,118.82 36.74,118.82 36.70,118.80 36.74,118.80 36.70))"},
            "outline",
            "area.bad",
        ),
        (1, {"outline": box(118.9, 36.8, 118.91, 36.81).wkt}, "outline", "area.outside"),
        (1, {"system": "utm"}, "system", "row.choice"),
        (1, {"valid_from": "soon"}, "valid_from", "row.date"),
        (1, {"valid_from": "2036-01-01"}, "valid_from", "area.future"),
        (1, {"valid_from": "2025-01-01"}, "valid_from", "area.early"),
        (2, {"parent": "nowhere"}, "parent", "area.bad"),
        (2, {"code": "C1"}, "code", "row.same_code"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_row_column_and_remedy(
    position: int, cells: dict[str, str], column: str, code: str
) -> None:
    found = table(changed(position, **cells))
    first = found.problems[0]
    assert (first.row, first.column, first.code) == (position + 2, column, code)
    assert first.remedy not in ("", code) and "%(" not in first.remedy
    assert first.row in found.bad and not Area.objects.exists()


def test_rows_below_a_bad_one_are_bad_too() -> None:
    found = table(changed(1, name=""))
    assert [(p.row, p.column) for p in found.problems] == [(3, "name"), (5, "parent")]
    assert [row.code for row in found.rows] == ["S1", "V1"]
    assert found.bad[5][1] == "G1"


def test_another_county_is_refused() -> None:
    found = table([["county", "110101", "东城区", "", "", "", "", ""]])
    assert [p.code for p in found.problems] == ["area.county"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 no workbook", "table.not_excel"),
        (b'{"type": "Point"}', "table.not_geojson"),
        (b"level,code\n", "table.columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_remedy(content: bytes, code: str) -> None:
    found = importing.read(content, now=NOW)
    assert [p.code for p in found.problems] == [code]
    assert found.problems[0].remedy != code and "%(" not in found.problems[0].remedy


def test_the_same_table_twice_changes_nothing_and_later_rows_are_added() -> None:
    brought()
    again = brought()
    assert (again.added, again.changed, again.there_before) == (0, 0, 4)
    more = [*ROWS, ["grid", "G2", "和平社区第2网格", "C1", "", "", "", "2026-02-01"]]
    assert brought(more).added == 1
    assert [row.count for row in importing.batches()] == [6]


def test_a_code_that_is_taken_is_named() -> None:
    brought()
    found = table(changed(1, name="战争社区"))
    assert [(p.column, p.code) for p in found.problems] == [("code", "area.taken")]
    assert "和平社区" in found.problems[0].remedy


def test_a_missing_outline_is_filled_in_later_and_taken_back() -> None:
    brought()
    east = box(118.82, 36.70, 118.84, 36.74)
    assert brought(changed(2, outline=east.wkt), "outlines").changed == 1
    found = queries.place_of(tenant_id=COUNTY, lon=118.83, lat=36.72, on=NOW)
    assert found.community_name == "柳树村"
    assert importing.undo("outlines", now=NOW) == 1
    assert Area.objects.get(code="V1").geom is None


def test_an_unused_batch_is_taken_back_and_can_be_brought_in_again() -> None:
    brought()
    assert importing.undo("small", now=NOW) == 5
    assert not Area.objects.exists() and not importing.batches()
    with pytest.raises(NotFound):
        importing.undo("small", now=NOW)
    assert brought().added == 5


def test_a_batch_whose_places_are_used_stays() -> None:
    brought()
    build(now=NOW)
    receipt = cases.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=Request(text="路灯不亮", place=Place(lon=118.81, lat=36.72)),
        now=NOW,
        key=uuid4(),
    )
    with pytest.raises(Conflict) as refused:
        importing.undo("small", now=NOW)
    assert refused.value.code == "area.batch_used" and refused.value.params["name"]
    assert Area.objects.count() == 5 and receipt.number


def test_a_batch_with_a_role_in_it_stays() -> None:
    brought()
    grid = Area.objects.get(code="G1")
    RoleGrant.objects.create(
        user_id=uuid4(),
        role=Role.GRID_WORKER,
        area_level=ScopeLevel.GRID,
        area_id=grid.id,
        valid_from=NOW - timedelta(days=1),
    )
    with pytest.raises(Conflict) as refused:
        importing.undo("small", now=NOW)
    assert refused.value.params["name"] == "和平社区第1网格"


def test_the_template_reads_as_a_good_row_below_a_street() -> None:
    street = ["street", "370725001000", "示例街道", "", "", "", "", "2026-01-01"]
    brought([street])
    assert not importing.read(importing.template().encode(), now=NOW).problems


def run(*arguments: Any) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["import", *map(str, arguments), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_the_command_brings_good_rows_in_only_when_told(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(made(changed(2, parent="nowhere"), header=HEADER), "utf-8")
    code, said = run("places", file)
    assert (code, said["good"], said["bad"], said["outcome"]) == (Exit.BAD_ROWS, 3, 1, None)
    assert (said["problems"][0]["row"], said["problems"][0]["column"]) == (4, "parent")
    assert not Area.objects.exists()
    code, said = run("places", file, "--yes", "--batch", "first")
    assert (code, said["outcome"]["added"]) == (Exit.OK, 4)
    code, listed = run("list")
    assert [(row["batch"], row["count"]) for row in listed] == [("places/first", 4)]
    undone = CliRunner().invoke(app, ["import", "undo", "places/first", "--yes"])
    assert undone.exit_code == Exit.OK and not Area.objects.exists()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(made(ROWS, header=HEADER), "utf-8")
    code, said = run("places", file, "--dry-run")
    assert (code, said["good"], said["outcome"]) == (Exit.OK, 4, None)
    assert not Area.objects.exists()
