"""The bound on moves is below every plan, and what must move by hand counts is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from onegrid.core.planning import (
    Asked,
    Band,
    Barrier,
    Effort,
    Town,
    Wishes,
    least_moves,
    measure,
    plan,
)
from onegrid.core.planning.comparing import with_as_many
from onegrid.core.planning.islands import components
from onegrid.core.planning.moves import _cheapest
from tests.core.planning.brute import asked, lattice, partitions, plan_of

_SMALL = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


def fewest(town: Town, band: Band, grids: int) -> float | None:
    """Return the fewest households that move in any plan as asked; None when there is none."""
    found = []
    for labels in partitions(len(town), grids):
        grid = np.array(labels)
        if all(band.holds(load) for load in np.bincount(grid, town.households)):
            figures = measure(town, grid, band)
            if figures.connected.all():
                found.append(figures.moved)
    return min(found, default=None)


@st.composite
def towns(draw):
    """Draw 6 to 8 buildings, some behind a road or without a grid today, and a band."""
    columns, rows = draw(st.sampled_from([(3, 2), (4, 2), (7, 1), (8, 1)]))
    n = columns * rows
    households = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    town = lattice(columns, rows, households)
    today = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    kinds = st.sampled_from([0, 0, 0, 0, 0, int(Barrier.MAIN_ROAD)])
    barrier = draw(st.lists(kinds, min_size=len(town.edges), max_size=len(town.edges)))
    grids = draw(st.integers(1, 4))
    mean = sum(households) / grids
    band = Band(np.floor(mean * 0.6), np.ceil(mean * 1.4))
    return replace(town, today=np.array(today), barrier=np.array(barrier)), band, grids


@given(towns())
@_SMALL
def test_no_plan_moves_fewer_households_than_the_bound_says(case):
    town, band, grids = case
    best = fewest(town, band, grids)
    assume(best is not None)
    bound = least_moves(town=town, asked=asked(band.least, band.most, grids))
    assert bound.households <= best + 1e-6


def test_what_a_grid_has_too_much_must_leave_it():
    """Of 4 + 4 + 4 households one house of 4 must go, for 10 are allowed."""
    town = replace(lattice(5, 1, [4, 4, 4, 4, 1]), today=np.array([0, 0, 0, 1, 1]))
    assert least_moves(town=town, asked=asked(5, 10, 2)).households == 4


def test_a_grid_too_many_is_given_up_whole():
    """Three grids of 4 fit the band, but two are allowed: the smallest move is one of them."""
    town = replace(lattice(6, 1, [2] * 6), today=np.array([0, 0, 1, 1, 2, 2]))
    assert least_moves(town=town, asked=asked(4, 8, 3)).households == 0
    assert least_moves(town=town, asked=asked(4, 8, 2)).households == 4


def test_a_compound_that_stays_whole_moves_whole():
    """Two households too many: the house of 4 beside the other grid must go, or both."""
    town = replace(lattice(4, 1, [6, 2, 4, 3]), today=np.array([0, 0, 0, 1]))
    assert least_moves(town=town, asked=asked(3, 10, 2)).households == 4
    whole = replace(town, compound=np.array([-1, 0, 0, -1]))
    assert least_moves(town=whole, asked=asked(3, 10, 2)).households == 6


def test_what_cannot_be_helped_counts_nothing():
    """Households that no number of grids fits may stay as they are."""
    town = replace(lattice(5, 1, [21] * 5), today=np.array([0, 0, 1, 1, 1]))
    bound = least_moves(town=town, asked=asked(95, 100, 2))
    assert (bound.households, bound.left_out) == (0, 105)
    assert least_moves(town=replace(town, today=None), asked=asked(95, 100, 2)).households == 0


def test_a_plan_with_exceptions_is_compared_with_plans_that_have_no_more():
    """Two grids of 12 must give 4 each to that between them; a plan leaves one as it is."""
    town = replace(lattice(8, 1, [4, 4, 4, 1, 1, 4, 4, 4]), today=np.repeat([0, 1, 2], [3, 2, 3]))
    wanted = asked(2, 10, 3)
    assert least_moves(town=town, asked=wanted).households == 8
    left = plan_of([0, 0, 0, 1, 1, 1, 2, 2])
    bound = least_moves(town=town, asked=wanted, plan=left)
    assert (bound.households, bound.left_out) == (4, 0)


def test_households_that_no_number_of_grids_fits_are_bounded_as_a_plan_has_them():
    """One grid of 105 takes those of two; two small ones need nobody to move."""
    town = replace(lattice(5, 1, [21] * 5), today=np.array([0, 0, 1, 1, 1]))
    wanted = asked(95, 100, 2)
    one = least_moves(town=town, asked=wanted, plan=plan_of([0] * 5))
    assert (one.households, one.left_out) == (42, 0)
    assert least_moves(town=town, asked=wanted, plan=plan_of([0, 0, 1, 1, 1])).households == 0


@st.composite
def plans(draw):
    """Draw a town and any plan of connected grids, within the band or not."""
    town, band, grids = draw(towns())
    joined = draw(st.lists(st.booleans(), min_size=len(town.edges), max_size=len(town.edges)))
    labels = components(len(town), town.edges[np.array(joined) & town.open])
    return town, asked(band.least, band.most, grids), plan_of(labels.tolist())


@given(plans())
@_SMALL
def test_a_plan_with_exceptions_moves_no_fewer_than_the_bound_for_it_says(case):
    town, wanted, made = case
    fair = with_as_many(town, wanted, made)
    bound = least_moves(town=town, asked=fair, plan=made)
    assert bound.left_out == 0
    assert bound.households <= measure(town, made.labels, wanted.band).moved + 1e-6


@pytest.mark.parametrize(
    ("drops", "more", "excess", "cost"),
    [([1, 2], [5.0, 7.0], 1, 5.0), ([1, 2], [5.0, 7.0], 2, 7.0), ([1, 2], [5.0, 7.0], 3, 12.0)],
)
def test_grids_too_many_are_given_up_where_that_is_cheapest(drops, more, excess, cost):
    assert _cheapest(drops, more, excess) == cost


def test_the_planner_moves_no_fewer_than_it_must_and_not_many_more():
    rng = np.random.default_rng(3)
    households = rng.integers(3, 7, 100)
    households[:10] += 12
    town = replace(lattice(10, 10, households.tolist()), today=np.arange(100) // 10)
    wanted = Asked(Band(35, 100), 10, Wishes(change=1))
    made = plan(town=town, asked=wanted, effort=Effort(None, 6))
    assert not made.misses
    moved = measure(town, made.labels, wanted.band).moved
    least = least_moves(town=town, asked=wanted, plan=made).households
    assert 0 < least <= moved <= 1.5 * least
