"""What is said about a plan: figures, map, misses, codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.core.planning import Asked, Band, Miss, Plan, Reason
from onegrid.gis import codes
from onegrid.gis.report import Heading, page
from onegrid.gis.report.colours import PALETTE, coloured
from onegrid.gis.report.histogram import bars
from onegrid.gis.results import Naming, Result, result
from onegrid.gis.towns import Sources, survey
from tests.gis.places import houses
from tests.gis.test_towns import layer


def made(labels: np.ndarray, misses: Sequence[Miss] = (), **columns: object) -> Result:
    found = survey(Sources(layer(houses(**(columns or {"households": 10})))))
    plan = Plan(labels, int(labels.max()) + 1, tuple(misses), 0.0, 0, 0, 0.0)
    return result(found, Asked(Band(60, 100)), plan)


def thirds() -> np.ndarray:
    return np.arange(30) // 10


def test_the_report_names_every_grid_and_its_households() -> None:
    html = page(made(thirds()), Heading("Town", datetime(2026, 11, 23, 9, 0), "en"))
    assert "All 3 grids are within the band and in one piece." in html
    assert [f"G00{n}: 100 households" in html for n in (1, 2, 3)] == [True] * 3
    assert "2026-11-23 09:00" in html
    assert "Not as asked for" not in html
    assert "Against today" not in html


def test_names_are_escaped() -> None:
    html = page(made(thirds()), Heading("<b>&", datetime(2026, 11, 23), "en"))
    assert "Grid plan of &lt;b&gt;&amp;" in html


def test_a_miss_is_told_with_reason_and_remedy() -> None:
    miss = Miss(Reason.ISLAND, 0, 50.0, least=50.0, most=100.0, proved=True)
    labels = np.where(np.arange(30) < 5, 0, 1 + (np.arange(30) - 5) // 9)
    html = page(made(labels, [miss]), Heading("Town", datetime(2026, 11, 23), "en"))
    assert "3 of 4 grids are within the band" in html
    assert "close in fewer households than a grid needs. It is proved" in html
    assert "Accept a grid from 50 households" in html


def test_a_grid_in_two_pieces_is_named_even_if_the_plan_does_not() -> None:
    labels = np.zeros(30, dtype=np.int64)
    labels[np.arange(30) % 6 > 1] = 1
    labels[np.arange(30) % 6 > 4] = 0
    found = made(labels, households=5)
    assert found.measures.connected.tolist() == [False, True]
    assert [(miss.reason, miss.grid) for miss in found.misses] == [(Reason.SHAPE, 0)]


def test_many_misses_of_one_reason_are_told_at_once() -> None:
    found = made(np.arange(30))
    assert len(found.misses) == 30
    html = page(found, Heading("Town", datetime(2026, 11, 23), "en"))
    assert "30 grids (households): No connected cut within the band was found here." in html
    assert re.search(r"G030\s\(10\)", html)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_language_has_its_page(language: str) -> None:
    html = page(made(thirds()), Heading("昌乐", datetime(2026, 11, 23), language))
    assert f'<html lang="{language}">' in html
    assert "%(" not in html


@given(seed=st.integers(0, 10_000), k=st.integers(1, 60))
def test_neighbours_on_the_map_differ_in_colour(seed: int, k: int) -> None:
    from scipy.spatial import Delaunay

    rng = np.random.default_rng(seed)
    mesh = Delaunay(rng.random((k + 3, 2)))
    pairs = np.concatenate([mesh.simplices[:, [a, b]] for a, b in ((0, 1), (1, 2), (0, 2))])
    colour = coloured(pairs, k + 3)
    assert (colour[pairs[:, 0]] != colour[pairs[:, 1]]).all()
    assert colour.max() < len(PALETTE)


@given(
    households=st.lists(st.integers(0, 3000), min_size=1, max_size=60),
    least=st.integers(0, 500),
    width=st.integers(1, 300),
)
def test_every_grid_is_in_one_bar_and_the_band_is_exact(
    households: list[int], least: int, width: int
) -> None:
    band = Band(least, max(1, least + width))
    edges, counts = bars(np.array(households, dtype=np.float64), band)
    assert counts.sum() == len(households)
    assert (np.diff(edges) > 0).all()
    inside = [
        place for place in range(len(counts)) if band.holds((edges[place] + edges[place + 1]) / 2)
    ]
    assert sum(counts[inside]) >= sum(band.holds(value) for value in households)


def test_codes_follow_a_walk_and_old_ones_stay() -> None:
    centres = np.array([[x, -y] for y in range(4) for x in range(4)], dtype=np.float64)
    numbered = codes.numbered(centres, "G")
    assert numbered[0] == "G001"
    assert sorted(numbered) == [f"G{n:03d}" for n in range(1, 17)]
    walked = centres[codes.walk(centres)]
    assert np.abs(np.diff(walked, axis=0)).sum(axis=1).max() <= 4
    named = codes.grids(centres, None, (), {5: "G001", 9: "老网格"}, "G")
    assert named[5] == "G001"
    assert named[9] == "老网格"
    assert len(set(named)) == 16


def test_a_grid_keeps_its_code_only_when_most_of_both_agree() -> None:
    households = np.array([10.0, 10, 10, 10])
    today = np.array([0, 0, 1, 1])
    names = ("甲", "乙")
    assert codes.kept_codes(households, today, names, np.array([0, 0, 1, 1])) == {0: "甲", 1: "乙"}
    assert codes.kept_codes(households, today, names, np.array([0, 1, 1, 1])) == {1: "乙"}
    assert codes.kept_codes(households, None, names, np.array([0, 1, 1, 1])) == {}


def test_codes_begin_as_asked() -> None:
    found = survey(Sources(layer(houses())))
    plan = Plan(thirds(), 3, (), 0.0, 0, 0, 0.0)
    made_so = result(
        found,
        Asked(Band(60, 100)),
        plan,
        communities=(Plan(np.arange(30) // 20, 2, (), 0.0, 0, 0, 0.0), Band(100, 200)),
        naming=Naming("3707250010", "3707250010"),
    )
    assert made_so.communities is not None
    assert set(made_so.communities.codes) == {"370725001001", "370725001002"}
    assert sorted(made_so.codes) == ["370725001001001", "370725001001002", "370725001002001"]
