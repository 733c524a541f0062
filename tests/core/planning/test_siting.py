"""Sites: by hand on a street, and against every choice on small towns."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.planning import Barrier, TownError, make_town, siting
from onegrid.core.planning.sites_exact import Question
from onegrid.core.planning.siting import exchanged, greedy, lagrangian, site
from tests.core.planning.brute import lattice


def street(households, barrier=None):
    """Return houses 100 m apart in a row."""
    n = len(households)
    return make_town(
        xy=np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        households=np.array(households),
        edges=np.column_stack([np.arange(n - 1), np.arange(1, n)]),
        barrier=barrier,
    )


def test_one_station_stands_at_the_median_of_a_street():
    found = site(town=street([1, 1, 1, 1, 6]), candidates=np.arange(5), stations=1)
    assert found.rows.tolist() == [4]
    assert found.cost == found.bound == pytest.approx(400 + 300 + 200 + 100)
    assert found.mean == pytest.approx(100.0)
    assert found.within(100) == pytest.approx(0.7)
    assert found.percentile(0.6) == 0.0
    assert found.percentile(0.9) == 300.0


def test_two_stations_part_a_street_in_the_middle():
    found = site(town=street([1] * 6), candidates=np.arange(6), stations=2)
    assert found.rows.tolist() == [1, 4]
    assert found.serves.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.metres.tolist() == [100, 0, 100, 100, 0, 100]
    assert found.gap == 0.0


def test_a_station_that_stands_stays_and_the_new_one_goes_elsewhere():
    found = site(town=street([1] * 6), candidates=np.arange(6), stations=2, existing=np.array([0]))
    assert found.rows[0] == 0
    assert found.rows[1] in {3, 4}
    assert found.cost == pytest.approx(500.0)


def test_the_most_households_come_within_reach():
    found = site(town=street([5, 1, 1, 1, 9]), candidates=np.arange(5), stations=1, reach_m=100)
    assert found.rows.tolist() == [3]
    assert found.cost == pytest.approx(6.0)
    assert found.bound == pytest.approx(6.0)


def test_the_fewest_sites_reach_everybody():
    found = site(town=street([1] * 7), candidates=np.arange(7), reach_m=100)
    assert len(found.rows) == 3
    assert found.cost == found.bound == 3
    assert found.metres.max() <= 100


def test_nobody_walks_across_a_river_without_a_bridge():
    river = np.array([0, 0, Barrier.RIVER, 0])
    found = site(town=street([1, 1, 1, 1, 1], river), candidates=np.array([0, 1]), stations=1)
    assert found.rows.tolist() == [1]
    assert found.serves.tolist() == [0, 0, 0, -1, -1]
    assert np.isinf(found.metres[3:]).all()
    assert found.mean == pytest.approx(200 / 3)


def test_a_main_road_costs_the_way_to_the_crossing():
    road = np.array([Barrier.MAIN_ROAD])
    found = site(town=street([1, 1], road), candidates=np.array([0]), stations=1)
    assert found.metres.tolist() == [0, 160]


def test_a_site_serves_no_more_than_it_can():
    found = site(town=street([4, 4, 4, 4]), candidates=np.array([1, 2]), stations=2, capacity=8)
    assert np.bincount(found.serves).tolist() == [2, 2]
    with pytest.raises(TownError, match=r"sites\.capacity_short"):
        site(town=street([4, 4, 4, 4]), candidates=np.array([1]), stations=1, capacity=8)


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"candidates": np.array([0])}, "sites.unasked"),
        ({"candidates": np.array([9]), "stations": 1}, "sites.candidate_unknown"),
        ({"candidates": np.array([0]), "stations": 2}, "sites.too_few_candidates"),
        (
            {"candidates": np.array([0]), "stations": 1, "existing": np.array([0, 1])},
            "sites.too_many_exist",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(given_, code):
    with pytest.raises(TownError, match=code):
        site(town=street([1, 1, 1]), **given_)


@st.composite
def questions(draw):
    """Draw costs of 4 to 7 candidates for 5 buildings."""
    c, n = draw(st.integers(4, 7)), 5
    costs = draw(st.lists(st.integers(0, 30), min_size=c * n, max_size=c * n))
    weight = draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    sites = draw(st.integers(1, 3))
    fixed = draw(st.integers(0, sites - 1))
    return Question(
        np.array(costs, float).reshape(c, n), np.array(weight, float), sites, fixed, None, 10.0
    )


def truth(question):
    fixed = tuple(range(question.fixed))
    free = range(question.fixed, len(question.cost))
    return min(
        float(question.weight @ question.cost[list(fixed + more)].min(axis=0))
        for more in combinations(free, question.sites - question.fixed)
    )


@given(questions())
@settings(max_examples=60, deadline=None)
def test_no_choice_beats_the_exact_one_and_the_bound_is_below_it(question):
    least = truth(question)
    rough = exchanged(question, greedy(question))
    cost = float(question.weight @ question.cost[rough].min(axis=0))
    assert set(range(question.fixed)) <= set(rough.tolist())
    assert len(set(rough.tolist())) == question.sites
    assert cost >= least - 1e-9
    assert lagrangian(question, rough) <= least + 1e-6
    chosen, bound = siting.most_useful(question, rough)
    assert float(question.weight @ question.cost[chosen].min(axis=0)) == pytest.approx(least)
    assert bound <= least + 1e-6


def test_a_large_town_is_told_how_far_from_the_best_it_may_be(monkeypatch):
    town = lattice(14, 14, [1 + i % 5 for i in range(196)], step=50.0)
    exact = site(town=town, candidates=np.arange(0, 196, 4), stations=5)
    monkeypatch.setattr(siting, "_EXACT", 0)
    rough = site(town=town, candidates=np.arange(0, 196, 4), stations=5)
    assert exact.gap < 1e-3
    assert exact.bound * (1 - 1e-6) <= rough.cost
    assert rough.bound <= exact.cost * (1 + 1e-9)
    assert rough.gap < 0.05
