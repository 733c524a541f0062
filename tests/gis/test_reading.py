"""Files of any usual kind become the same layer; what is wrong is named with the remedy."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import shapely

from onegrid.core import geo
from onegrid.gis.errors import BadRows, CrsUnknown, GisError
from onegrid.gis.reading import read
from onegrid.gis.texts import TEXTS
from onegrid.gis.words import told
from tests.gis.places import LAT, LON, centres, houses, saved

SURE = (".geojson", ".gpkg", ".parquet", ".shp", ".zip", ".kml")


def code_of(path: Path, **options: str) -> str:
    with pytest.raises(GisError) as caught:
        read(path, **options)  # type: ignore[arg-type]
    assert told(caught.value, str) != caught.value.code, "a sentence stands for it"
    assert "%(" not in told(caught.value, str)
    return caught.value.code


@pytest.mark.parametrize("ending", SURE)
def test_a_file_that_names_its_system_is_read(tmp_path: Path, ending: str) -> None:
    layer = read(saved(houses(), tmp_path / f"town{ending}"))
    assert len(layer.frame) == 30
    assert layer.frame.crs == 4326
    assert layer.frame.total_bounds[:2] == pytest.approx([LON, LAT], abs=1e-6)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_table_of_coordinates_is_asked_for_its_system(tmp_path: Path, ending: str) -> None:
    path = saved(houses(), tmp_path / f"town{ending}")
    with pytest.raises(CrsUnknown) as caught:
        read(path)
    assert caught.value.candidates == ("wgs84", "gcj02", "bd09")
    assert "--crs" in told(caught.value, str)
    layer = read(path, crs="gcj02")
    lon, lat = shapely.get_coordinates(layer.frame.geometry.to_numpy())[0]
    middle = centres(houses()).iloc[0]
    assert geo.wgs84_to_gcj02(lon, lat) == pytest.approx((middle.lon, middle.lat), abs=1e-8)


def test_gcj02_is_undone_in_a_file_that_calls_itself_wgs84(tmp_path: Path) -> None:
    path = saved(houses(), tmp_path / "town.geojson")
    plain, moved = read(path), read(path, crs="gcj02")
    away = geo.distance_m(*plain.frame.total_bounds[:2], *moved.frame.total_bounds[:2])
    assert 300 < away < 800
    assert any(note.code == "note.wgs84_by_format" for note in plain.notes)


@pytest.mark.parametrize(
    ("system", "expected"),
    [("EPSG:4549", "EPSG:4549"), ("EPSG:4527", "EPSG:4527"), ("EPSG:3857", "EPSG:3857")],
)
def test_metres_without_a_system_name_the_likely_ones(
    tmp_path: Path, system: str, expected: str
) -> None:
    table = centres(houses().to_crs(system), "x", "y")
    table.to_csv(tmp_path / "town.csv", index=False)
    with pytest.raises(CrsUnknown) as caught:
        read(tmp_path / "town.csv")
    assert expected in caught.value.candidates
    layer = read(tmp_path / "town.csv", crs=system)
    assert layer.frame.total_bounds[:2] == pytest.approx([LON, LAT], abs=1e-3)


def test_a_chinese_table_in_its_usual_encoding_is_read(tmp_path: Path) -> None:
    table = centres(houses(), "经度", "纬度").rename(columns={"households": "户数"})
    table.to_csv(tmp_path / "town.csv", index=False, encoding="gb18030")
    layer = read(tmp_path / "town.csv", crs="wgs84")
    assert layer.frame["name"].iloc[0] == "1排1号"
    assert layer.first_row == 2


def test_a_shapefile_in_gbk_without_a_note_of_it_is_read(tmp_path: Path) -> None:
    houses().rename(columns={"name": "名称"}).to_file(tmp_path / "town.shp", encoding="gbk")
    (tmp_path / "town.cpg").unlink(missing_ok=True)
    layer = read(tmp_path / "town.shp")
    assert "1排1号" in set(layer.frame.iloc[0])


def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path) -> None:
    table = centres(houses()).astype(object)
    table.loc[3, "lon"], table.loc[7, "lat"] = "abc", ""
    table.to_csv(tmp_path / "town.csv", index=False)
    with pytest.raises(BadRows) as caught:
        read(tmp_path / "town.csv", crs="wgs84")
    assert [(p.row, p.column, p.code) for p in caught.value.problems] == [
        (5, "lon", "gis.coordinate"),
        (9, "lat", "gis.cell_empty"),
    ]


def test_swapped_columns_are_noticed(tmp_path: Path) -> None:
    centres(houses(), "lat", "lon").to_csv(tmp_path / "town.csv", index=False)
    assert code_of(tmp_path / "town.csv", crs="wgs84") == "gis.swapped"
    assert code_of(tmp_path / "town.csv") == "gis.swapped", "before a system is asked for"


def test_degrees_under_the_name_of_a_system_in_metres_are_not_believed(tmp_path: Path) -> None:
    houses().to_crs(4326).set_crs(4549, allow_override=True).to_file(tmp_path / "town.gpkg")
    assert code_of(tmp_path / "town.gpkg") == "gis.crs_degrees"
    assert len(read(tmp_path / "town.gpkg", crs="wgs84").frame) == 30


def test_coordinates_of_no_known_system_are_refused(tmp_path: Path) -> None:
    centres(houses()).assign(lon=3e8).to_csv(tmp_path / "town.csv", index=False)
    assert code_of(tmp_path / "town.csv") == "gis.crs_none"


def test_one_row_far_away_is_named(tmp_path: Path) -> None:
    table = centres(houses())
    table.loc[4, ["lon", "lat"]] = [0.0, 0.0]
    table.to_csv(tmp_path / "town.csv", index=False)
    with pytest.raises(BadRows) as caught:
        read(tmp_path / "town.csv", crs="wgs84")
    assert [(one.row, one.code) for one in caught.value.problems] == [(6, "gis.far_away")]


def test_a_table_without_coordinates_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "town.csv").write_text("名称,户数\n一号楼,10\n")
    assert code_of(tmp_path / "town.csv") == "gis.no_coordinates"


def test_an_unknown_system_is_refused(tmp_path: Path) -> None:
    path = saved(houses(), tmp_path / "town.geojson")
    assert code_of(path, crs="EPSG:999999") == "gis.crs_not_known"


def test_degrees_that_are_none_are_asked_for(tmp_path: Path) -> None:
    frame = houses().to_crs("EPSG:4549").set_crs(4326, allow_override=True)
    frame.to_parquet(tmp_path / "town.parquet")
    assert code_of(tmp_path / "town.parquet") == "gis.crs_not_so"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("town.geojson", b"", "gis.empty"),
        ("town.geojson", b'{"type":"FeatureCollection","features":[]}', "gis.empty"),
        ("town.geojson", b"{ this is none", "gis.damaged"),
        (
            "town.geojson",
            b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>",
            "gis.not_as_named",
        ),
        ("town.gpkg", b"SQLite format 3\0 and nothing else", "gis.damaged"),
        (
            "town.geojson",
            b'{"type":"gdal_streamed_alg","command_line":"gdal vector info x"}',
            "gis.damaged",
        ),
        ("town.geojson", b'{"type":"Topology","objects":{},"arcs":[]}', "gis.damaged"),
        ("town.gpkg", b"{}", "gis.not_as_named"),
        ("town.parquet", b"PAR1 and nothing else", "gis.no_shapes"),
        ("town.zip", b"PK\x03\x04 and nothing else", "gis.damaged"),
        ("town.xlsx", b"PK\x03\x04 and nothing else", "gis.damaged"),
        ("town.csv", b"lon,lat\n", "gis.empty"),
        ("town.kml", b"<html></html>", "gis.not_as_named"),
        ("town.vrt", b"<OGRVRTDataSource/>", "gis.kind_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert code_of(tmp_path / name) == code


@pytest.mark.parametrize(
    "inside",
    [
        b"<NetworkLink><Link><href>http://10.0.0.1/a.kml</href></Link></NetworkLink>",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_kml_file_that_reaches_out_is_refused(tmp_path: Path, inside: bytes) -> None:
    path = tmp_path / "town.kml"
    path.write_bytes(
        b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">' + inside + b"</kml>"
    )
    assert code_of(path) == "gis.reaches_out"


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://10.0.0.1/town.geojson", "http://10.0.0.1/town.gpkg", "/vsimem/a.gpkg"]
)
def test_only_plain_local_files_are_opened(name: str) -> None:
    assert code_of(Path(name)) == "gis.no_file"


def test_a_zip_of_two_layers_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        saved(houses(), tmp_path / f"{name}.shp")
    with zipfile.ZipFile(tmp_path / "town.zip", "w") as archive:
        for part in [*tmp_path.glob("one.*"), *tmp_path.glob("two.*")]:
            archive.write(part, part.name)
    assert code_of(tmp_path / "town.zip") == "gis.zip_layers"


def test_a_zip_that_would_unpack_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(houses(), tmp_path / "town.zip")
    monkeypatch.setattr("onegrid.gis.doors.MAX_UNPACKED", 1000)
    assert code_of(path) == "gis.too_large"


def test_names_within_a_zip_lead_nowhere_else(tmp_path: Path) -> None:
    saved(houses(), tmp_path / "town.shp")
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        for part in tmp_path.glob("town.*"):
            archive.write(part, f"../../escaped/{part.name}")
    assert len(read(tmp_path / "out.zip").frame) == 30
    assert not (tmp_path.parent.parent / "escaped").exists()


def test_a_geopackage_of_several_layers_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    houses().to_file(path, layer="first")
    houses(2, 2).to_file(path, layer="second")
    with pytest.raises(GisError) as caught:
        read(path)
    assert caught.value.code == "gis.which_layer"
    assert "second" in told(caught.value, str)
    assert len(read(path, layer="second").frame) == 4
    houses(3, 1).to_file(path, layer="buildings")
    assert len(read(path).frame) == 3


def test_all_folders_of_a_kml_file_are_read(tmp_path: Path) -> None:
    place = "<Placemark><Point><coordinates>119,36.7</coordinates></Point></Placemark>"
    folders = "".join(f"<Folder><name>f{n}</name>{place * 2}</Folder>" for n in range(3))
    path = tmp_path / "town.kml"
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>'
    )
    assert len(read(path).frame) == 6


def test_every_text_can_be_filled_in() -> None:
    params: defaultdict[str, str] = defaultdict(lambda: "x")
    assert all(np.char.find(text % params, "%(") == -1 for text in TEXTS.values())
