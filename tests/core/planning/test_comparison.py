"""The comparison runner: towns, measures, the picture, and peers that are not there."""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import planning
from benchmarks.peers import METHODS, Job
from benchmarks.peers.graphs import by_pieces
from benchmarks.planning_ours import town_of
from benchmarks.planning_picture import draw
from benchmarks.planning_replan import changed, verdict
from benchmarks.towns import make, villages
from onegrid.core.planning import Band, measure


def test_a_made_town_is_a_town_and_the_same_for_the_same_seed():
    arrays = make(1500, 4)
    town = town_of(arrays)
    assert len(town) == 1500
    assert set(np.unique(town.barrier)) == {0, 1, 2, 3}
    assert (town.households > 0).mean() > 0.6
    assert (np.bincount(town.edges.ravel(), minlength=1500) > 0).all()
    inside = town.compound >= 0
    assert 20 < len(np.unique(town.compound[inside])) < 200
    again = make(1500, 4)
    assert all((arrays[name] == again[name]).all() for name in arrays)
    assert (make(1500, 5)["w"] != arrays["w"]).any()


def test_made_villages_hold_together_and_are_the_same_for_the_same_seed():
    town = town_of(villages(324, 1))
    assert len(town) == 324
    assert (town.barrier == 0).all()
    assert measure(town, np.zeros(324, dtype=np.int64), Band(0, np.inf)).connected.all()
    assert (villages(324, 1)["w"] == town.households).all()


def test_only_some_compounds_are_rebuilt():
    town = town_of(make(600, 2))
    after = changed(town, 0.1, 1)
    different = np.flatnonzero(after.households != town.households)
    touched = np.unique(town.compound[different])
    assert (touched >= 0).all()
    assert 1 <= len(touched) <= 0.1 * len(np.unique(town.compound)) + 1


def test_by_pieces_cuts_each_side_of_a_road_by_itself_and_keeps_compounds_whole():
    arrays = make(400, 1)
    seen = []

    def halves(job: Job) -> np.ndarray:
        seen.append(len(job.xy))
        return np.arange(len(job.xy)) * job.grids // len(job.xy)

    job = Job(arrays, 30, 300, 500, 1.0)
    grid = by_pieces(halves)(job)
    a, b = arrays["edges"][arrays["ecls"] >= 2].T
    assert len(seen) > 1
    assert not (grid[a] == grid[b]).all()
    for number in np.unique(arrays["comp"][arrays["comp"] >= 0]):
        rows = arrays["comp"] == number
        if arrays["w"][rows].sum() <= 500:
            assert len(np.unique(grid[rows])) == 1


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    """Let peers find no package of theirs."""
    root = Path(planning.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{root}")
    for name in ("pymetis", "kahip"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('{name}')")


def test_what_is_not_installed_is_named_and_what_an_earlier_run_knows_is_taken_from_there(
    nothing_installed, tmp_path, monkeypatch, capsys
):
    old = [{"instance": "made300", "method": "metis", "asked": 5, "n": 300, "note": "too slow"}]
    (tmp_path / "old.json").write_text(json.dumps(old))
    new = tmp_path / "new.json"
    words = ["planning", "--instances", "made300", "--ours", "", "--peers", "metis,kahip"]
    words += ["--with", str(tmp_path / "old.json"), "--json", str(new)]
    monkeypatch.setattr(sys, "argv", words)
    assert planning.main() == 0
    told = capsys.readouterr().out
    assert "too slow  from old.json" in told
    assert "not installed: uv pip install kahip" in told
    assert [row.get("from") for row in json.loads(new.read_text())] == ["old.json", None]


def test_our_own_rows_are_never_taken_from_an_earlier_run(tmp_path):
    rows = [{"instance": "made300", "method": name} for name in ("onegrid", "metis")]
    (tmp_path / "old.json").write_text(json.dumps(rows))
    assert list(planning.earlier([tmp_path / "old.json"])) == [("made300", "metis")]


def test_the_table_tells_what_was_measured():
    arrays = make(300, 1)
    one = planning.Instance("made", None, arrays, 5, Band(300, 500))
    row = planning.measured(one, np.zeros(300, dtype=np.int64))
    assert row["grids"] == 1
    assert row["good"] == 0.0
    full = row | {"instance": "made", "method": "metis", "asked": 5}
    assert "1/5" in planning.line(full | {"wall": 0.5, "cpu": 0.4, "memory": 64.0})


def test_growth_is_the_slope_of_time_over_buildings():
    rows = [{"method": "onegrid-first", "n": n, "wall": n / 1e4} for n in (2000, 20_000)]
    assert planning.growth(rows).endswith("1.00")
    assert planning.growth(rows[:1]) is None


def test_the_picture_is_drawn_with_every_plan_in_it():
    rows = [
        {"instance": "a<b", "method": "metis", "rms": 90.0, "good": 0.5},
        {"instance": "a<b", "method": "onegrid", "rms": 70.0, "good": 1.0},
        {"instance": "c", "method": "kahip", "note": "not installed"},
    ]
    picture = ElementTree.fromstring(draw(rows))
    words = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a<b", "metis", "onegrid"} <= set(words)
    assert "kahip" not in words


def test_no_name_in_the_picture_covers_another():
    rows = [{"instance": "a", "method": name, "rms": 80.0, "good": 0.7} for name in METHODS]
    picture = ElementTree.fromstring(draw(rows))
    words = picture.iter("{http://www.w3.org/2000/svg}text")
    heights = sorted(float(node.get("y")) for node in words if node.text in METHODS)
    assert len(heights) == len(METHODS)
    assert all(above + 11 < below for above, below in pairwise(heights))


def test_every_peer_is_of_a_package_of_the_group():
    import tomllib
    from pathlib import Path

    text = (Path(__file__).resolve().parents[3] / "pyproject.toml").read_text()
    group = {line.split(">")[0] for line in tomllib.loads(text)["dependency-groups"]["peers"]}
    assert group == {package for package, _ in METHODS.values()}
    with pytest.raises(KeyError):
        METHODS["nobody"]


@pytest.mark.parametrize(
    ("moved", "least", "lost", "said"),
    [
        (0.029, 0.02, 0.03, "met"),
        (0.031, 0.029, 0.0, "more than 3% move"),
        (0.029, 0.01, 0.04, "more than 1.5 times the least, more than 3% less compact"),
        (0.04, 0.031, 0.0, "met; more than 3% must move whatever the cut"),
    ],
)
def test_a_recut_says_what_it_misses_and_when_more_must_move(moved, least, lost, said):
    row = {"least moves": least, "times the least": moved / least, "rms lost": lost}
    assert verdict({**row, "few": {"moved": moved}}) == said
