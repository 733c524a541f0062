"""``onegrid plan`` from files to a plan and a report, without a database."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import geopandas
import pytest
import shapely
from geopandas import GeoDataFrame
from typer.testing import CliRunner

from onegrid.cli import app
from onegrid.gis.words import speech
from onegrid.runtime.exits import Exit, Refused
from tests.gis.places import LAT, LON, X, Y, house, houses, road, saved

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEGRID_LANG", "en")


def run(*words: object) -> tuple[int, str]:
    """Run the command as the entry point would; return the exit code and all that was said."""
    found = CliRunner().invoke(app, ["plan", *map(str, words)])
    if isinstance(found.exception, Refused):
        return int(found.exception.code), found.output + found.exception.message
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.output


def planned(tmp_path: Path, frame: GeoDataFrame, *options: object) -> dict[str, object]:
    code, said = run(
        saved(frame, tmp_path / "town.gpkg"), "--grids", "60:100", "--rounds", 20, "--json",
        "-o", tmp_path / "plan.gpkg", "--report", tmp_path / "plan.html", *options,
    )  # fmt: skip
    assert code == Exit.OK, said
    told: dict[str, object] = json.loads(said[said.index("{") :])
    return told


def test_a_town_becomes_a_plan_and_a_report(tmp_path: Path) -> None:
    told = planned(tmp_path, houses())
    assert told["households"] == 300
    grids = geopandas.read_file(tmp_path / "plan.gpkg", layer="grids")
    buildings = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings")
    assert len(grids) == told["grids"]
    assert grids.households.sum() == 300
    assert grids.within_band.all()
    assert set(buildings.grid) == set(grids.code)
    assert "name" in buildings.columns, "columns of the file stay"
    own = grids.set_index("code").geometry[buildings.grid].reset_index(drop=True)
    assert own.contains(buildings.geometry).all(), "each house lies in the polygon of its grid"
    metres = grids.to_crs(32650)
    assert shapely.coverage_is_valid(metres.geometry.to_numpy())


def test_the_report_needs_nothing_else_and_no_script(tmp_path: Path) -> None:
    planned(tmp_path, houses(), "--language", "en")
    html = (tmp_path / "plan.html").read_text("utf-8")
    assert not re.search(r"<script|<link|<iframe|@import|url\((?!#)", html)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "G001" in html
    assert "300" in html
    assert 'lang="en"' in html


def test_the_same_seed_and_rounds_give_the_same_plan(tmp_path: Path) -> None:
    planned(tmp_path, houses(8, 8))
    one = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings").grid.tolist()
    planned(tmp_path, houses(8, 8))
    assert geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings").grid.tolist() == one


def test_no_grid_crosses_a_main_road(tmp_path: Path) -> None:
    road(3).to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    planned(tmp_path, houses(), "--barriers", tmp_path / "roads.geojson")
    buildings = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings")
    east = buildings.geometry.centroid.x > LON + 85 * X if buildings.crs is None else (
        buildings.geometry.bounds.minx > LON + 85 * X
    )  # fmt: skip
    assert not set(buildings.grid[east]) & set(buildings.grid[~east])


def test_an_island_is_named_in_file_and_report(tmp_path: Path) -> None:
    road(4).to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    frame = houses(households=[10 if n % 6 < 4 else 3 for n in range(30)])
    told = planned(tmp_path, frame, "--barriers", tmp_path / "roads.geojson", "--language", "en")
    assert [miss["reason"] for miss in told["misses"]] == ["island"]  # type: ignore[index, attr-defined]
    assert "Not as asked for" in (tmp_path / "plan.html").read_text("utf-8")


def test_todays_grids_are_compared_and_keep_their_codes(tmp_path: Path) -> None:
    today = ["甲" if n % 6 < 3 else "乙" for n in range(30)]
    told = planned(
        tmp_path, houses(households=4, 网格=today), "--wish", "change=5", "--language", "en",
        "--most", 2,
    )  # fmt: skip
    assert told["moved"] == 0
    grids = geopandas.read_file(tmp_path / "plan.gpkg", layer="grids")
    assert set(grids.code) == {"甲", "乙"}
    assert "Against today" in (tmp_path / "plan.html").read_text("utf-8")


def test_the_way_to_a_station_counts_and_is_told(tmp_path: Path) -> None:
    places = [shapely.Point(LON + place * X, LAT) for place in (0, 150)]
    stations = GeoDataFrame({"名称": ["东站", "西站"]}, geometry=places, crs=4326)
    stations.to_file(tmp_path / "stations.geojson", driver="GeoJSON")
    given = ("--stations", tmp_path / "stations.geojson", "--language", "en")
    told = planned(tmp_path, houses(), *given, "--wish", "station=2")
    plain = planned(tmp_path, houses(), *given)
    assert 0 < told["walk_m"] <= plain["walk_m"]  # type: ignore[operator]
    assert told["no_way"] == 0
    grids = geopandas.read_file(tmp_path / "plan.gpkg", layer="grids")
    assert set(grids.station) == {"东站", "西站"}
    assert (grids.walk_m > 0).all()
    html = (tmp_path / "plan.html").read_text("utf-8")
    assert "walk to the station of the grid" in html
    assert html.count("<title>东站</title>") == 1, "the map shows it"


def test_a_wish_for_short_ways_needs_the_places_of_the_stations(tmp_path: Path) -> None:
    file = saved(houses(), tmp_path / "town.gpkg")
    code, said = run(file, "--grids", "60:100", "--wish", "station=1", "-o", tmp_path / "plan.gpkg")
    assert code == Exit.USAGE
    assert "--stations" in said


def test_grids_are_grouped_into_communities(tmp_path: Path) -> None:
    planned(tmp_path, houses(9, 8), "--communities", "200:300", "--prefix", "370725001")
    grids = geopandas.read_file(tmp_path / "plan.gpkg", layer="grids")
    above = geopandas.read_file(tmp_path / "plan.gpkg", layer="communities")
    buildings = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings")
    assert above.households.between(200, 300).all()
    assert above.households.sum() == 720
    assert set(above.code) == {f"370725001{n:02d}" for n in range(1, len(above) + 1)}
    assert all(code.startswith(up) for code, up in zip(grids.code, grids.community, strict=True))
    assert buildings.groupby("grid").community.nunique().max() == 1
    metres = above.to_crs(32650).geometry
    assert shapely.coverage_is_valid(metres.to_numpy())
    assert metres.area.sum() == pytest.approx(grids.to_crs(32650).area.sum(), rel=1e-4)


def test_communities_out_of_their_band_are_told_with_the_remedy(tmp_path: Path) -> None:
    told = planned(tmp_path, houses(), "--communities", "20:50", "--language", "en")
    count = told["communities"]
    assert isinstance(count, int)
    assert count > 1
    assert told["communities_good"] == 0, "each grid alone has 60 households and more"
    html = (tmp_path / "plan.html").read_text("utf-8")
    assert f"0 of {count} communities are within their band" in html
    assert html.count("One grid alone has more households") == count
    wanted = ("--grids", "60:100", "--rounds", 5, "--communities", "20:50")
    said = run(tmp_path / "town.gpkg", *wanted, "-o", tmp_path / "plan.gpkg")[1]
    assert f"{count} communities: 0 within their band" in said
    assert "No main roads, rivers or railways were given" in said, "what was assumed is told"


def test_the_report_says_of_each_grid_why_it_is_so(tmp_path: Path) -> None:
    told = planned(tmp_path, houses(), "--language", "en")
    html = (tmp_path / "plan.html").read_text("utf-8")
    rows = html[html.index("Why here?") :].count("<tr>") - 1
    assert rows == told["grids"]
    assert re.search(r"\+\d+ / −\d+", html)
    assert re.search(r"households of G\d+: ", html)


def test_a_bound_says_how_far_from_the_best_a_plan_is(tmp_path: Path) -> None:
    planned(tmp_path, houses(), "--bound", 5, "--language", "en")
    html = (tmp_path / "plan.html").read_text("utf-8")
    share = re.search(r"<strong>([\d.]+)%</strong><span>at most so far from", html)
    assert share
    assert 0 <= float(share[1]) < 30


def test_a_bound_tells_how_many_households_must_move_and_how_many_do(tmp_path: Path) -> None:
    today = ["甲" if n < 18 else "乙" for n in range(30)]
    frame = houses(households=4, 网格=today)
    told = planned(tmp_path, frame, "--bound", 3, "--most", 2, "--grids", "60:64",
                   "--language", "en")  # fmt: skip
    assert told["must_move"] == 12, "乙 has 48 households, so three houses must come to it"
    assert told["moved"] >= 12  # type: ignore[operator]
    assert told["must_move_without"] == 0
    html = (tmp_path / "plan.html").read_text("utf-8")
    assert "<strong>12</strong><span>must change it in any such plan" in html


def test_more_grids_than_asked_for_are_told_with_what_that_means(tmp_path: Path) -> None:
    road(3).to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    told = planned(tmp_path, houses(), "--barriers", tmp_path / "roads.geojson", "--most", 2,
                   "--language", "en")  # fmt: skip
    assert told["too_many"] == told["grids"] - 2 > 0  # type: ignore[operator]
    assert "more grids than the 2" in (tmp_path / "plan.html").read_text("utf-8")
    wanted = ("--grids", "60:100", "--rounds", 5, "--barriers", tmp_path / "roads.geojson")
    code, said = run(tmp_path / "town.gpkg", *wanted, "--most", 2, "-o", tmp_path / "plan.gpkg")
    assert code == Exit.OK
    assert "more grids than 2" in said


def test_too_few_grids_for_the_households_are_told_by_arithmetic(tmp_path: Path) -> None:
    told = planned(tmp_path, houses(), "--most", 2, "--language", "en")
    assert told["too_many"] == 1
    assert "need 3 grids at the least" in (tmp_path / "plan.html").read_text("utf-8")


def test_what_barriers_enforce_does_not_keep_the_bound_back(tmp_path: Path) -> None:
    road(4).to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    frame = houses(households=[10 if n % 6 < 4 else 3 for n in range(30)])
    told = planned(tmp_path, frame, "--barriers", tmp_path / "roads.geojson", "--bound", 3)
    assert [miss["reason"] for miss in told["misses"]] == ["island"]  # type: ignore[index, attr-defined]
    assert 0 <= told["gap"] < 0.3  # type: ignore[operator]


def counties() -> GeoDataFrame:
    """Return rows of houses of two counties, with a border across the rows' usual grids."""
    return houses(8, 8, households=10, 县=["甲县" if n % 8 < 5 else "乙县" for n in range(64)])


def test_counties_are_planned_each_by_itself_in_processes(tmp_path: Path) -> None:
    told = planned(tmp_path, counties(), "--by", "县", "--communities", "200:300",
                   "--language", "en")  # fmt: skip
    assert told["misses"] == []
    grids = geopandas.read_file(tmp_path / "plan.gpkg", layer="grids")
    buildings = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings")
    assert len(grids) == told["grids"]
    assert buildings.groupby("grid")["县"].nunique().max() == 1
    assert buildings.groupby("community")["县"].nunique().max() == 1
    of_grid = buildings.groupby("grid")["县"].first()
    assert dict(zip(grids.code, grids.part, strict=True)) == of_grid.to_dict()
    assert grids.households.sum() == 640
    assert "was planned by itself" in (tmp_path / "plan.html").read_text("utf-8")


def test_counties_are_planned_with_ray(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'ray>=2.9'")
    planned(tmp_path, counties(), "--by", "县")
    one = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings").grid.tolist()
    planned(tmp_path, counties(), "--by", "县", "--spread", "ray")
    assert geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings").grid.tolist() == one


def test_without_ray_the_command_says_what_to_install(tmp_path: Path) -> None:
    if find_spec("ray") is not None:
        pytest.skip("Ray is installed here")
    path = saved(counties(), tmp_path / "town.gpkg")
    wanted = ("--grids", "60:100", "-o", tmp_path / "plan.gpkg", "--by", "县", "--spread", "ray")
    code, said = run(path, *wanted)
    assert code == Exit.MISSING_PACKAGE
    assert "ray>=2.9" in said


def test_a_building_without_a_county_is_named_by_its_row(tmp_path: Path) -> None:
    frame = counties()
    frame.loc[3, "县"] = ""
    path = saved(frame, tmp_path / "town.gpkg")
    code, said = run(path, "--grids", "60:100", "-o", tmp_path / "plan.gpkg", "--by", "县")
    assert code == Exit.BAD_ROWS
    assert "4" in said


def test_geojson_gives_a_file_for_each_layer(tmp_path: Path) -> None:
    path = saved(houses(), tmp_path / "town.parquet")
    code, said = run(path, "--grids", "60:100", "--rounds", 5, "-o", tmp_path / "plan.geojson")
    assert code == Exit.OK, said
    assert len(geopandas.read_file(tmp_path / "plan-buildings.geojson")) == 30
    assert geopandas.read_file(tmp_path / "plan.geojson").households.sum() == 300


def test_a_table_says_which_systems_it_may_be_in(tmp_path: Path) -> None:
    path = saved(houses(), tmp_path / "town.csv")
    wanted = ("--grids", "60:100", "--rounds", 1, "-o", tmp_path / "plan.gpkg")
    code, said = run(path, *wanted)
    assert code == Exit.USAGE
    assert "wgs84, gcj02, bd09" in said
    assert run(path, *wanted, "--crs", "bd09")[0] == Exit.OK
    assert run(path, *wanted, "--crs", "town.csv=gcj02")[0] == Exit.OK


def test_bad_rows_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    frame = houses(households=["10"] * 29 + ["many"])
    path = saved(frame, tmp_path / "town.geojson")
    code, said = run(path, "--grids", "60:100", "-o", tmp_path / "plan.gpkg")
    assert code == Exit.BAD_ROWS
    assert "30" in said
    assert "many" in said
    assert not (tmp_path / "plan.gpkg").exists()


def test_invalid_shapes_are_mended_with_consent_only(tmp_path: Path) -> None:
    frame = houses()
    x, y = LON, LAT
    tie = [(x, y), (x + 20 * X, y + 10 * Y), (x + 20 * X, y), (x, y + 10 * Y)]
    frame.loc[0, "geometry"] = shapely.Polygon(tie)
    path = saved(frame, tmp_path / "town.geojson")
    wanted = ("--grids", "60:100", "--rounds", 1, "-o", tmp_path / "plan.gpkg")
    code, said = run(path, *wanted)
    assert code == Exit.BAD_ROWS
    assert "crosses itself" in " ".join(said.split())
    assert run(path, *wanted, "--repair")[0] == Exit.OK


@pytest.mark.parametrize(
    "wrong",
    [
        ("--grids", "many", "-o", "plan.gpkg"),
        ("--grids", "500:300", "-o", "plan.gpkg"),
        ("--grids", "60:100"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--communities", "3000"),
        ("--grids", "60:100", "--report", "plan.docx"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--spread", "ray"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--by", "county", "--spread", "smoke"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--by", "county", "--most", "3"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--wish", "beauty=1"),
        ("--grids", "60:100", "-o", "plan.gpkg", "--wish", "change=-1"),
    ],
)
def test_wrong_options_are_refused_before_the_file_is_read(
    tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    assert run(tmp_path / "none.gpkg", *wrong)[0] == Exit.USAGE


@pytest.mark.parametrize(
    ("file", "out"),
    [("none.gpkg", "plan.gpkg"), ("town.dwg", "plan.gpkg"), ("none.gpkg", "plan.tif")],
)
def test_files_that_are_none_are_refused(tmp_path: Path, file: str, out: str) -> None:
    (tmp_path / "town.dwg").write_bytes(b"AC1032")
    code, said = run(tmp_path / file, "--grids", "60:100", "-o", tmp_path / out)
    assert code == Exit.FAILURE
    assert "." in said


def test_the_report_is_chinese_when_asked_for(tmp_path: Path) -> None:
    planned(tmp_path, houses(), "--language", "zh-hans")
    html = (tmp_path / "plan.html").read_text("utf-8")
    assert 'lang="zh-hans"' in html
    assert speech("zh-hans")("Against today") not in html, "there are no grids of today"
    assert speech("zh-hans")("What was assumed and done") in html


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    path = saved(houses(), tmp_path / "town.gpkg")
    wanted = ("--grids", "60:100", "--report", tmp_path / "plan.html", "--language", "fr")
    assert run(path, *wanted)[0] == Exit.USAGE


def test_a_report_can_be_a_pdf(tmp_path: Path) -> None:
    from onegrid.common.paper import missing_packages

    if missing_packages():
        pytest.skip("this machine cannot make PDF files")
    path = saved(houses(), tmp_path / "town.gpkg")
    code, said = run(path, "--grids", "60:100", "--rounds", 1, "--report", tmp_path / "plan.pdf")
    assert code == Exit.OK, said
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF-")


def test_it_runs_without_django(tmp_path: Path) -> None:
    path = saved(GeoDataFrame({"households": [70, 70]}, geometry=[house(0, 0), house(1, 0)], crs=4326),
                 tmp_path / "town.gpkg")  # fmt: skip
    script = (
        "import sys\n"
        "from onegrid.commands.plan.run import run\n"
        "from onegrid.commands.plan.wanted import Wanted\n"
        "from pathlib import Path\n"
        f"run(Wanted(file=Path({str(path)!r}), grids='60:100', rounds=1, seconds=None,"
        f" report=Path({str(tmp_path / 'r.html')!r})))\n"
        "assert 'django' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r.html").stat().st_size > 1000


def test_the_first_interrupt_ends_the_search_and_the_second_the_command() -> None:
    import os
    import signal

    from onegrid.commands.plan.bar import Bar

    said: list[str] = []
    bar = Bar(lambda text, _share: said.append(text))
    with bar.until_interrupted() as going:
        assert going()
        os.kill(os.getpid(), signal.SIGINT)
        assert not going()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert said == ["stopping"]


def test_degrees_are_never_taken_for_metres(tmp_path: Path) -> None:
    told = planned(tmp_path, houses())
    buildings = geopandas.read_file(tmp_path / "plan.gpkg", layer="buildings").to_crs(32650)
    assert buildings.area.iloc[0] == pytest.approx(200, rel=0.01)
    assert 20 < float(str(told["rms_m"])) < 80
    assert Y > 0
