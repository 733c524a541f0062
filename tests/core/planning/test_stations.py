"""The wish for short ways to a station, and how far people walk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.planning import (
    Asked,
    Band,
    Barrier,
    Effort,
    TownError,
    Wishes,
    explain,
    lower_bound,
    make_town,
    measure,
    plan,
    served,
)
from onegrid.core.planning.problem import make_problem
from tests.core.planning.brute import lattice, partitions
from tests.core.planning.drawn import towns

_ROWS = np.array([[10.0, 0.0], [10.0, 10.0], [10.0, 20.0]])
_PLACE = st.tuples(st.floats(-50, 100), st.floats(-50, 100))


def score(town, labels, walk):
    """Return inertia and weighted squares of the ways to the stations, from scratch."""
    found = measure(town, labels, Band(0, 1e9))
    off = ((found.centre - town.stations[served(town, labels).station]) ** 2).sum(axis=1)
    own = found.inertia.sum()
    return own + walk * (own + found.households @ off)


def asked(weight):
    return Asked(Band(3, 3), 3, Wishes(station=weight))


@pytest.mark.parametrize(("weight", "cost", "rows"), [(0.6, 2360 / 3, 1), (1.5, 1200.0, 3)])
def test_three_stations_in_three_rows_make_three_rows_when_the_way_to_them_counts(
    weight, cost, rows
):
    """A row has 200 and its station in its middle; a corner has 400 / 3, and 500 / 3 to a station.

    A row and two corners: 1400 / 3 and 1000 / 3 for the ways on top; three rows: 600 and nothing.
    All ways at their least are 600, and about 400 is expected as inertia: two thirds of the weight
    count for each square metre of a way.
    """
    town = replace(lattice(3, 3, [1] * 9), stations=_ROWS)
    made = plan(town=town, asked=asked(weight), effort=Effort(None, 20))
    assert made.score == pytest.approx(cost)
    straight = [len(set(made.labels[3 * row : 3 * row + 3].tolist())) == 1 for row in range(3)]
    assert sum(straight) == rows


@given(
    towns(),
    st.lists(_PLACE, min_size=1, max_size=5),
    st.sampled_from([0.3, 3.0]),
    st.integers(0, 9),
)
@settings(max_examples=40, deadline=None)
def test_the_cost_that_is_kept_up_step_by_step_is_the_cost_from_scratch(case, places, weight, seed):
    town, wanted = case
    town = replace(town, stations=np.array(places))
    wanted = replace(wanted, wishes=Wishes(station=weight))
    made = plan(town=town, asked=wanted, effort=Effort(None, 3), seed=seed)
    if not made.misses:
        walk = make_problem(town, wanted).walk
        assert made.score == pytest.approx(score(town, made.labels, walk), rel=1e-9, abs=1e-3)


@given(
    st.lists(_PLACE, min_size=1, max_size=4), st.lists(st.integers(0, 4), min_size=9, max_size=9)
)
@settings(max_examples=25, deadline=None)
def test_no_plan_of_nine_buildings_is_below_what_is_said_to_be_possible(places, households):
    """The bound of the compactness and the way of everybody to the nearest station hold together."""
    band = Band(4, 12)
    town = lattice(3, 3, [one + 1 for one in households])
    town = replace(town, stations=np.array(places))
    wanted = Asked(band, 3, Wishes(station=1.0))
    made = plan(town=town, asked=wanted, effort=Effort(None, 10))
    walk = make_problem(town, wanted).walk
    bound = lower_bound(town=town, asked=wanted, plan=made, seconds=0.3)
    assert bound.labels is None
    near = ((town.xy[:, None, :] - town.stations) ** 2).sum(axis=2).min(axis=1)
    least = bound.value + walk * float(town.households @ near)
    for labels in partitions(9, 3):
        grid = np.array(labels)
        found = measure(town, grid, band)
        if found.connected.all() and found.within.all():
            assert score(town, grid, walk) >= least * (1 - 1e-6) - 1e-3
            assert found.inertia.sum() >= bound.value * (1 - 1e-6) - 1e-3


def test_the_band_is_kept_however_much_the_way_to_a_station_counts():
    rng = np.random.default_rng(6)
    town = lattice(12, 12, rng.integers(1, 9, 144).tolist(), step=400.0)
    town = replace(town, stations=np.array([[0.0, 0.0], [4400.0, 0.0], [2000.0, 4000.0]]))
    made = plan(
        town=town, asked=Asked(Band(30, 70), 14, Wishes(station=100)), effort=Effort(None, 6)
    )
    assert not made.misses


def test_people_walk_less_when_the_way_to_a_station_counts():
    town = lattice(16, 8, [5] * 128)
    town = replace(
        town, stations=np.array([[35.0, 35.0], [80.0, 10.0], [150.0, 60.0], [90.0, 70.0]])
    )
    band, walks = Band(60, 110), []
    for wishes in (Wishes(), Wishes(station=5)):
        made = plan(town=town, asked=Asked(band, 8, wishes), effort=Effort(None, 8))
        assert not made.misses
        walks.append(score(town, made.labels, 1.0) - measure(town, made.labels, band).inertia.sum())
    assert walks[1] < walks[0]


def test_without_stations_the_wish_for_short_ways_changes_nothing():
    town = lattice(8, 8, [5] * 64)
    plain, wished = (
        plan(town=town, asked=Asked(Band(40, 70), 6, wishes), effort=Effort(None, 3))
        for wishes in (Wishes(), Wishes(station=2))
    )
    assert plain.labels.tolist() == wished.labels.tolist()
    assert plain.score == wished.score
    assert served(town, plain.labels) is None


def test_people_walk_along_neighbours_to_the_station_nearest_to_the_middle_of_their_grid():
    """Houses every 10 m; the station lies 3 m beside the first, the main road adds 60 m."""
    town = lattice(4, 1, [2, 1, 1, 4])
    kinds = np.array([Barrier.PATH, Barrier.MAIN_ROAD, Barrier.RIVER])
    town = replace(town, barrier=kinds, stations=np.array([[0.0, 3.0]]))
    found = served(town, np.array([0, 0, 1, 1]))
    assert found.station.tolist() == [0, 0]
    assert found.metres.tolist() == [3, 13, 83, np.inf]
    assert found.walk.tolist() == [pytest.approx(19 / 3), 83]
    assert found.beyond == 4
    assert found.mean == pytest.approx((2 * 3 + 13 + 83) / 4)


def test_a_station_beyond_the_river_serves_nobody_who_has_one_on_his_side():
    town = lattice(6, 1, [1] * 6)
    kinds = np.where(np.arange(5) == 2, int(Barrier.RIVER), int(Barrier.PATH))
    town = replace(town, barrier=kinds, stations=np.array([[0.0, 0.0], [31.0, 0.0]]))
    found = served(town, np.array([0, 0, 0, 1, 1, 1]))
    assert found.station.tolist() == [0, 1]
    wished = plan(town=town, asked=Asked(Band(1, 2), 4, Wishes(station=9)), effort=Effort(None, 4))
    walk = make_problem(town, Asked(Band(1, 2), 4, Wishes(station=9))).walk
    assert wished.score == pytest.approx(score(town, wished.labels, walk))


def test_a_grid_goes_with_one_station_though_some_of_its_houses_are_nearer_to_another():
    town = replace(lattice(6, 1, [1] * 6), stations=np.array([[0.0, 0.0], [50.0, 0.0]]))
    wanted = Asked(Band(1, 6))
    made = plan(town=town, asked=wanted, effort=Effort(None, 0))
    labels = np.array([0, 0, 0, 0, 1, 1])
    found = served(town, labels)
    assert found.station.tolist() == [0, 1]
    assert found.metres.tolist() == [0, 10, 20, 30, 10, 0]
    stories = explain(town, replace(made, labels=labels, grids=2), wanted)
    assert [(one.station, one.walk) for one in stories] == [(0, 15.0), (1, 5.0)]


def test_a_station_without_a_place_is_refused():
    town = lattice(2, 1, [1, 1])
    with pytest.raises(TownError, match=r"town\.station_bad"):
        make_town(
            xy=town.xy,
            households=town.households,
            edges=town.edges,
            stations=np.array([[0.0, 0.0], [np.nan, 1.0]]),
        )
