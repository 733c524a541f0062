"""The bound is below every plan, and close to the best one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from onegrid.core.planning import Band, make_town, measure
from onegrid.core.planning.bounds import lower_bound
from onegrid.core.planning.columns import Cut, Generator, ground_of
from onegrid.core.planning.interior import Master, solve_master
from onegrid.core.planning.pricing import (
    least_over,
    middle,
    price_atoms,
    relaxed,
    room_for,
    search,
    settle,
)
from onegrid.core.planning.problem import make_problem
from onegrid.core.planning.relief import relieved
from tests.core.planning.brute import asked, best, lattice, plan_of

_SMALL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


@st.composite
def towns(draw):
    """Draw a town of 7 to 9 buildings, a band and a number of grids."""
    columns, rows = draw(st.sampled_from([(3, 3), (4, 2), (7, 1), (8, 1)]))
    households = draw(st.lists(st.integers(1, 9), min_size=columns * rows, max_size=columns * rows))
    town = lattice(columns, rows, households)
    shift = draw(st.lists(st.integers(-4, 4), min_size=2 * len(town), max_size=2 * len(town)))
    town = make_town(
        xy=town.xy + np.array(shift).reshape(-1, 2), households=town.households, edges=town.edges
    )
    grids = draw(st.integers(2, 4))
    mean = sum(households) / grids
    return town, Band(np.floor(mean * 0.6), np.ceil(mean * 1.4)), grids


@given(towns())
@_SMALL
def test_the_bound_is_never_above_the_best_plan_of_all(case):
    town, band, grids = case
    optimum = best(town, band, grids)
    assume(optimum is not None)
    cost, labels = optimum
    bound = lower_bound(town=town, asked=asked(band.least, band.most, grids), plan=plan_of(labels))
    assert bound.value <= cost * (1 + 1e-9) + 1e-9
    assert bound.score == pytest.approx(cost)
    assert bound.labels is None, "nothing is better than the best"
    assert sum(piece.households for piece in bound.pieces) == town.households.sum()


@given(towns())
@_SMALL
def test_what_is_found_on_the_way_is_a_plan_that_holds(case):
    town, band, grids = case
    optimum = best(town, band, grids)
    assume(optimum is not None)
    poor = plan_of([0] * len(town))
    bound = lower_bound(town=town, asked=asked(band.least, band.most, grids), plan=poor)
    assert bound.value <= optimum[0] * (1 + 1e-9) + 1e-9
    if bound.labels is not None:
        found = measure(town, bound.labels, band)
        assert found.within.all() and found.connected.all() and found.grids <= grids
        assert found.inertia.sum() >= optimum[0] * (1 - 1e-9)


def test_two_pairs_of_houses_are_bounded_to_the_metre():
    """Houses at 0, 10, 100 and 110 m: two grids of two, each 2 · 5² household square metres."""
    town = make_town(
        xy=np.array([[0, 0], [10, 0], [100, 0], [110, 0]]),
        households=np.ones(4),
        edges=np.array([[0, 1], [1, 2], [2, 3]]),
    )
    bound = lower_bound(town=town, asked=asked(2, 2, 2), plan=plan_of([0, 0, 1, 1]))
    assert bound.score == pytest.approx(100.0)
    assert bound.value == pytest.approx(100.0, rel=2e-3)
    assert bound.gap < 0.002


def test_pieces_behind_a_main_road_are_bounded_by_themselves():
    """One road, two sides of three houses each: one grid a side, nothing to choose."""
    town = make_town(
        xy=np.array([[0, 0], [10, 0], [20, 0], [30, 0], [40, 0], [50, 0]]),
        households=np.full(6, 2),
        edges=np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]),
        barrier=np.array([0, 0, 2, 0, 0]),
    )
    bound = lower_bound(town=town, asked=asked(5, 7, 2), plan=plan_of([0, 0, 0, 1, 1, 1]))
    assert [piece.households for piece in bound.pieces] == [6, 6]
    assert bound.value == pytest.approx(bound.score) == pytest.approx(2 * 2 * 200.0)


def test_a_plan_that_is_not_the_best_gets_a_better_one_with_it():
    town = lattice(4, 2, [1] * 8)
    poor = plan_of([0, 0, 0, 0, 1, 1, 1, 1])
    bound = lower_bound(town=town, asked=asked(4, 4, 2), plan=poor)
    assert bound.score == pytest.approx(1000.0)
    assert bound.labels is not None
    assert bound.labels_score == pytest.approx(400.0)
    assert bound.gap < 0.01


def test_more_grids_than_asked_for_do_not_make_the_bound_lower():
    town = lattice(6, 1, [2] * 6)
    two = lower_bound(town=town, asked=asked(4, 6, 2), plan=plan_of([0, 0, 0, 1, 1, 1]))
    three = lower_bound(town=town, asked=asked(4, 6, 3), plan=plan_of([0, 0, 1, 1, 2, 2]))
    assert two.value > three.value
    assert two.gap < 0.01 and three.gap < 0.01


def test_what_stays_as_it_is_counts_with_what_it_has():
    town = lattice(6, 1, [2] * 6)
    town = make_town(
        xy=town.xy, households=town.households, edges=town.edges, today=np.array([0, 0, 0, 1, 1, 1])
    )
    wanted = asked(4, 6, 2)
    kept = type(wanted)(wanted.band, 2, kept=np.array([True] + [False] * 5))
    bound = lower_bound(town=town, asked=kept, plan=plan_of([0, 0, 0, 1, 1, 1]))
    assert bound.value == pytest.approx(bound.score) == pytest.approx(2 * 2 * 200.0)


@given(towns(), st.lists(st.floats(-200, 400), min_size=9, max_size=9), st.sampled_from([1, 997]))
@_SMALL
def test_no_set_in_the_band_is_below_the_cheapest_that_pricing_finds(case, prizes, times):
    town, band, _ = case
    town = make_town(xy=town.xy, households=town.households * times, edges=town.edges)
    band = Band(band.least * times, band.most * times)
    part = make_problem(town, asked(band.least, band.most, 1)).parts[0]
    generator = Generator(ground_of(part.piece), band, 100.0)
    field, prize = generator.field, np.array(prizes[: len(generator.atoms)])
    sets = np.zeros((1, len(prize)), dtype=np.bool_)
    costs = np.empty(1)
    lowest = np.zeros((1, len(prize)), dtype=np.bool_)
    fine = 0.01 * times
    low, found = least_over(field, prize, generator._squares, np.inf, fine, lowest)
    truth = np.inf
    for chosen in range(1, 2 ** len(prize)):
        taken = np.array([chosen >> i & 1 for i in range(len(prize))], dtype=np.bool_)
        if band.holds(float(field.load[taken].sum())):
            settle_at = np.array(
                [[np.average(field.x[taken], weights=field.weight[taken]),
                  np.average(field.y[taken], weights=field.weight[taken])]]
            )  # fmt: skip
            cost = float(
                (field.weight[taken] * ((field.x[taken] - settle_at[0, 0]) ** 2
                 + (field.y[taken] - settle_at[0, 1]) ** 2 - prize[taken])).sum()
            )  # fmt: skip
            if cost < truth:
                truth, where = cost, settle_at
    assume(truth < np.inf)
    assert low <= truth + 1e-6 * (1 + abs(truth))
    assert low >= truth - 2 * fine - 1e-6 * abs(truth)
    assert found >= 1 and band.holds(float(field.load[lowest[0]].sum()))
    assert middle(field, prize, lowest[0])[2] == pytest.approx(
        truth, abs=2 * fine + 1e-6 * abs(truth)
    )
    settle(field, prize, where, 3, sets, costs)
    assert costs[0] == pytest.approx(truth, rel=1e-6, abs=1e-6)
    assert band.holds(float(field.load[sets[0]].sum()))


@given(
    towns(),
    st.lists(st.floats(-200, 400), min_size=9, max_size=9),
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.7]), min_size=9, max_size=9),
    st.integers(1, 40),
    st.sampled_from([0.0, 30.0]),
)
@_SMALL
def test_a_search_that_is_cut_short_leaves_the_bound_valid(case, prizes, loads, most, slack):
    town, band, _ = case
    part = make_problem(town, asked(band.least, band.most, 1)).parts[0]
    field = Generator(ground_of(part.piece), band, 100.0).field
    field = field._replace(load=field.load * loads[: len(town)])
    room = room_for(field)
    price_atoms(field, np.array(prizes[: len(town)]), 12.0, 7.0, 0.0, room)
    sums = [
        room.cost[taken].sum()
        for chosen in range(2 ** len(town))
        if band.holds(
            (taken := np.array([chosen >> i & 1 for i in range(len(town))], dtype=np.bool_))
            @ field.load
        )
    ]
    truth = min(sums, default=np.inf)
    assert relaxed(field, room, 0.0, 0.0)[0] <= truth + 1e-6
    cost, low = search(field, room, np.inf, slack, most)
    assert low <= truth + 1e-6 <= cost + 2e-6
    if cost < np.inf:
        assert room.cost[room.taken].sum() == pytest.approx(cost, abs=1e-6)
        assert band.holds(float(field.load[room.taken].sum()))
    cost, low = search(field, room, np.inf, slack, 10_000)
    assert truth == np.inf or truth - slack - 1e-6 <= low <= truth + 1e-6 <= cost + 2e-6
    assert truth < np.inf or cost == np.inf
    below = truth - 1e-6 * (1 + abs(truth))
    assert search(field, room, below, 0.0, 10_000)[0] == np.inf, "nothing is below the cheapest"


def test_prizes_are_lowered_only_where_a_grid_is_too_cheap():
    """Three grids of two; the first lacks 60 to the others, which pays as two more grids gain."""
    sets = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]], dtype=np.bool_)
    weight, price = np.ones(6), np.array([-160.0, -100.0, -100.0])
    change, gain = relieved(weight, sets, price, 3)
    assert change.tolist() == pytest.approx([30, 30, 0, 0, 0, 0], rel=1e-2)
    assert gain == pytest.approx(3 * 60 - 60, rel=1e-2)


def test_the_interior_point_method_solves_a_partition_by_hand():
    """Columns {1}, {2}, {1, 2} at 3, 4 and 6 with one to take: only the pair fits."""
    shares = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    answer = solve_master(Master(shares, np.array([3.0, 4.0, 6.0]), 1, np.full(2, 50.0)), 1e-8)
    assert answer.taken == pytest.approx([0, 0, 1], abs=1e-4)
    assert answer.rows.sum() + answer.each == pytest.approx(6.0, rel=1e-4)


def test_a_cut_bounds_every_number_of_grids():
    part = make_problem(lattice(6, 1, [2] * 6), asked(4, 6, 2)).parts[0]
    generator = Generator(ground_of(part.piece), Band(4, 6), 100.0)
    generator.cuts = [Cut(1000.0, -100.0), Cut(500.0, 0.0)]
    assert generator.bound(2) == 800.0
    assert generator.bound(9) == 500.0
