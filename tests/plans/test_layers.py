"""Layers from files of every kind: questions first, then all rows or none."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas
import openpyxl
import pytest
import shapely
from shapely import box

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core import geo
from onegrid.core.planning import Barrier
from onegrid.gis.barriers import COLUMN
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.layers import Asked, Imported, import_layer, undo_layer
from onegrid.plans.layers.reading import BadFile, safe_name
from onegrid.plans.models import Feature
from onegrid.plans.queries.layers import features, layers
from tests.county import SIDE, SOUTH, WEST, Town

CELLS = [box(WEST + n * SIDE, SOUTH, WEST + (n + 1) * SIDE, SOUTH + SIDE) for n in (0, 1)]
#: two triangles that touch in one point
BOW = shapely.Polygon(
    [(WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST + SIDE, SOUTH), (WEST, SOUTH + SIDE)]
)


def doing(town: Town, role: Role = Role.SUPERVISOR) -> Doing:
    return Doing(town.viewer(role), town.now, uuid4())


def bring(town: Town, content: bytes, file: str, **more: Any) -> Imported | Asked:
    given = {"kind": "party", "name": "党建网格", "doing": doing(town), **more}
    return import_layer(content=content, file_name=file, **given)


def frame(shapes: list[Any], crs: int | None = 4326) -> geopandas.GeoDataFrame:
    codes = [f"DJ{n:03d}" for n in range(1, len(shapes) + 1)]
    return geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=crs)


def written(made: geopandas.GeoDataFrame, folder: Path, name: str) -> bytes:
    """Return a file as GIS programs write it; a shapefile zipped."""
    path = folder / name
    if name.endswith(".parquet"):
        made.to_parquet(path)
    elif name.endswith(".zip"):
        made.to_file(folder / "cells.shp", engine="pyogrio", encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob("cells.*"):
                archive.write(part, part.name)
    else:
        driver = {"kml": "KML", "gpkg": "GPKG", "geojson": "GeoJSON"}[name.partition(".")[2]]
        made.to_file(path, engine="pyogrio", driver=driver)
    return path.read_bytes()


@pytest.mark.parametrize("name", ["a.geojson", "a.zip", "a.gpkg", "a.parquet", "a.kml"])
def test_every_kind_of_file_brings_the_same_cells(town: Town, tmp_path: Path, name: str) -> None:
    content = written(frame(CELLS), tmp_path, name)
    done = bring(town, content, name)
    assert isinstance(done, Imported) and done.count == 2 and done.layer_id is not None
    rows = features(viewer=town.viewer(Role.SUPERVISOR), layer_id=done.layer_id)
    shapes = [shapely.from_wkb(row.geom) for row in rows]
    assert all(one.equals_exact(other, 1e-7) for one, other in zip(
        [shapely.normalize(shape) for shape in shapes],
        [shapely.normalize(shape) for shape in CELLS], strict=True))  # fmt: skip
    if not name.endswith(".kml"):
        assert [row.code for row in rows] == ["DJ001", "DJ002"]


def sheet(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def corners(shape: Any, code: str, system: str = "wgs84") -> list[list[Any]]:
    rows = []
    for lon, lat in shapely.get_coordinates(shape)[:-1].tolist():
        moved = geo.wgs84_to_gcj02(lon, lat) if system == "gcj02" else (lon, lat)
        rows.append([code, "", *map(float, moved)])
    return rows


def test_a_table_asks_for_its_system_and_shows_where_it_would_lie(town: Town) -> None:
    head = ["编号", "名称", "经度", "纬度"]
    content = sheet([head, *corners(CELLS[0], "A1", "gcj02"), *corners(CELLS[1], "A2", "gcj02")])
    asked = bring(town, content, "网格.xlsx")
    assert isinstance(asked, Asked) and asked.question.kind == "system"
    assert [name for name, _ in asked.question.candidates] == ["wgs84", "gcj02", "bd09"]
    places = {
        name: shapely.union_all(shapely.from_wkb(shapes))
        for name, shapes in asked.question.candidates
    }
    assert places["gcj02"].distance(shapely.Point(WEST, SOUTH)) < 1e-6
    assert places["wgs84"].distance(shapely.Point(WEST, SOUTH)) > 1e-3
    done = bring(town, content, "网格.xlsx", system="gcj02")
    assert isinstance(done, Imported) and (done.count, done.system) == (2, "gcj02")
    assert shapely.from_wkb(done.shapes[0]).hausdorff_distance(CELLS[0]) < 1e-6


def test_a_table_with_too_few_corners_or_no_codes_names_the_row(town: Town) -> None:
    head = ["编号", "名称", "经度", "纬度"]
    short = sheet([head, *corners(CELLS[0], "A1"), *corners(CELLS[1], "A2")[:2]])
    with pytest.raises(BadFile) as refused:
        bring(town, short, "a.xlsx", system="wgs84")
    assert [(row.row, row.column) for row in refused.value.rows] == [(6, "编号")]
    with pytest.raises(BadFile, match=r"layer\.no_code"):
        bring(town, b"lon,lat\n118.8,36.7\n", "a.csv", system="wgs84")
    points = bring(town, b"lon,lat\n118.8,36.7\n", "a.csv", system="wgs84", kind="buildings")
    assert isinstance(points, Imported) and points.count == 1


def test_invalid_shapes_are_named_row_by_row_and_mended_with_consent(
    town: Town, tmp_path: Path
) -> None:
    content = written(frame([CELLS[1], BOW]), tmp_path, "a.gpkg")
    asked = bring(town, content, "a.gpkg")
    assert isinstance(asked, Asked) and asked.question.kind == "mend"
    assert [row.row for row in asked.question.rows] == [2] and asked.question.count == 1
    assert not Feature.objects.exists()
    done = bring(town, content, "a.gpkg", mend=True)
    assert isinstance(done, Imported) and done.mended == 1
    assert all(shapely.from_wkb(shape).is_valid for shape in done.shapes)


def test_a_dry_run_writes_nothing_and_a_key_writes_once(town: Town, tmp_path: Path) -> None:
    content = written(frame(CELLS), tmp_path, "a.gpkg")
    dry = bring(town, content, "a.gpkg", dry=True)
    assert isinstance(dry, Imported) and dry.layer_id is None and not Feature.objects.exists()
    key = doing(town)
    for _ in range(2):
        bring(town, content, "a.gpkg", doing=key)
    assert Feature.objects.count() == 2


def test_the_newest_of_a_kind_counts_until_it_is_taken_back(town: Town, tmp_path: Path) -> None:
    content = written(frame(CELLS), tmp_path, "a.gpkg")
    first = bring(town, content, "a.gpkg")
    second = bring(town, content, "a.gpkg")
    assert isinstance(first, Imported) and isinstance(second, Imported)
    viewer = town.viewer(Role.SUPERVISOR)
    newest = next(row.id for row in layers(viewer=viewer) if row.counts)
    other = ({first.layer_id, second.layer_id} - {newest}).pop()
    undo_layer(doing=doing(town), layer_id=newest)
    assert [row.id for row in layers(viewer=viewer) if row.counts] == [other]
    with pytest.raises(Conflict):
        undo_layer(doing=doing(town), layer_id=newest)


@pytest.mark.parametrize(
    ("content", "file", "code"),
    [
        (b"not a map", "a.geojson", "gis.not_as_named"),
        (b"", "a.geojson", "gis.empty"),
        (b"x", "a.pdf", "gis.kind_unknown"),
        (b"PK\x03\x04 broken", "a.zip", "gis.damaged"),
        (json.dumps({"type": "FeatureCollection", "features": []}).encode(), "a.json", "gis.empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_name(
    town: Town, content: bytes, file: str, code: str
) -> None:
    with pytest.raises(BadFile) as refused:
        bring(town, content, file)
    assert refused.value.code == code and refused.value.params["file"] == file


def test_only_planners_bring_layers_in_and_only_of_known_kinds(town: Town) -> None:
    with pytest.raises(Forbidden):
        bring(town, b"", "a.json", doing=doing(town, Role.GRID_WORKER))
    with pytest.raises(Forbidden):
        layers(viewer=town.viewer(Role.UNIT_MEMBER))
    with pytest.raises(Invalid, match=r"layer\.kind"):
        bring(town, b"", "a.json", kind="other")
    with pytest.raises(Invalid, match=r"layer\.name"):
        bring(town, b"", "a.json", name=" ")


def test_a_file_name_cannot_lead_out_of_its_folder() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("C:\\a\\网格\0.zip") == "C_a_网格_.zip"
    assert safe_name("..") == "file"


def ways(words: list[str], column: str = "kind") -> bytes:
    """Return lines side by side, each with a word in a column."""
    lines = [shapely.LineString([(WEST, SOUTH + n / 1000), (WEST + SIDE, SOUTH)]) for n in (1, 2)]
    made = geopandas.GeoDataFrame({column: words}, geometry=lines[: len(words)], crs=4326)
    return str(made.to_json()).encode()


@pytest.mark.parametrize(
    ("column", "word", "expected"),
    [
        ("highway", "residential", Barrier.SMALL_ROAD),
        ("highway", "primary", Barrier.MAIN_ROAD),
        ("railway", "platform", -1),
        ("类型", "河道", Barrier.RIVER),
    ],
)
def test_an_imported_barrier_is_read_by_the_rule_of_the_command(
    town: Town, column: str, word: str, expected: int
) -> None:
    done = bring(town, ways([word], column), "a.geojson", kind="barriers")
    assert isinstance(done, Imported) and Feature.objects.get().attributes[COLUMN] == expected


def test_what_nothing_names_is_asked_and_a_number_names_nothing(town: Town) -> None:
    asked = bring(town, ways(["1"], "lanes"), "a.geojson", kind="barriers")
    assert isinstance(asked, Asked) and asked.question.kind == "barrier"
    assert not Feature.objects.exists()
    done = bring(town, ways(["1"], "lanes"), "a.geojson", kind="barriers", barrier="railway")
    assert isinstance(done, Imported)
    assert Feature.objects.get().attributes[COLUMN] == Barrier.RAILWAY


def test_a_feature_of_unknown_class_among_known_ones_is_told(town: Town) -> None:
    done = bring(town, ways(["railway", "highwayy"]), "a.geojson", kind="barriers")
    assert isinstance(done, Imported)
    told = dict(done.notes)
    assert told["note.barriers"]["rails"] == "1"
    assert told["note.barriers_unknown"]["words"] == "highwayy"
