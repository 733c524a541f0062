"""What cannot be cut is shown, and what the solver overlooked is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.planning import Band, Miss, Reason, make_town, measure
from onegrid.core.planning.columns import ground_of
from onegrid.core.planning.mend import around, mend, unavoidable
from onegrid.core.planning.misses import find_misses
from onegrid.core.planning.problem import make_problem
from onegrid.core.planning.proofs import decide, prove
from tests.core.planning.brute import asked, best, lattice, plan_of


def street(households):
    n = len(households)
    return lattice(n, 1, households)


def planned(town, wanted, labels):
    """Return labels as a plan with its misses named."""
    plan = plan_of(labels)
    misses = find_misses(make_problem(town, wanted), plan.labels)
    return type(plan)(plan.labels, plan.grids, misses, 0.0, 0, 0, 0.0)


def test_a_street_that_cannot_be_cut_is_shown_to_be_so():
    """Houses of 1, 4, 2, 4 and 1 in a row: cuts leave 1, 5, 7 or 11 on one side, never 6."""
    town, wanted = street([1, 4, 2, 4, 1]), asked(6, 6, 2)
    before = planned(town, wanted, [0, 0, 1, 1, 1])
    assert [miss.reason for miss in before.misses] == [Reason.SHAPE] * 2
    after = prove(town=town, asked=wanted, plan=before)
    assert all(miss.proved for miss in after.misses)
    assert after.labels.tolist() == before.labels.tolist()


def test_a_cut_that_was_overlooked_is_handed_back():
    town, wanted = street([1, 2, 3, 3, 2, 1]), asked(6, 6, 2)
    before = planned(town, wanted, [0, 0, 1, 1, 1, 1])
    after = prove(town=town, asked=wanted, plan=before)
    assert after.misses == ()
    assert after.labels.tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])


def test_a_plan_without_misses_stays_as_it_is():
    town, wanted = street([3, 3]), asked(3, 3, 2)
    plan = plan_of([0, 1])
    assert prove(town=town, asked=wanted, plan=plan).labels is plan.labels


def test_the_least_relaxation_of_the_band_is_told():
    """5 + 2 | 4 + 1 is the best of 5, 2, 4, 1 in a row: one household off 6."""
    part = make_problem(street([5, 2, 4, 1]), asked(6, 6, 2)).parts[0]
    verdict = decide(ground_of(part.piece), Band(6, 6), range(2, 3), 20.0)
    assert verdict.possible is False
    assert verdict.off == pytest.approx(1.0)


def test_what_must_be_joined_across_strays_is_learnt():
    """Two heavy houses in opposite corners of a ring need the long way, which the band forbids."""
    ring = make_town(
        xy=np.array([[np.cos(a), np.sin(a)] for a in np.arange(6) * np.pi / 3]) * 50,
        households=np.array([2, 4, 3, 2, 4, 3]),
        edges=np.array([(i, (i + 1) % 6) for i in range(6)]),
    )
    part = make_problem(ring, asked(9, 9, 2)).parts[0]
    verdict = decide(ground_of(part.piece), Band(9, 9), range(2, 3), 20.0)
    assert verdict.possible is True
    assert measure(ring, verdict.labels[make_problem(ring, asked(9, 9, 2)).atom], Band(9, 9)).good


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_the_verdict_is_that_of_all_cuts(data):
    columns, rows = data.draw(st.sampled_from([(3, 3), (4, 2), (7, 1)]))
    count = columns * rows
    households = data.draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    grids = data.draw(st.integers(2, 3))
    mean = sum(households) / grids
    band = Band(np.floor(mean * 0.9), np.ceil(mean * 1.1))
    town = lattice(columns, rows, households)
    part = make_problem(town, asked(band.least, band.most, grids)).parts[0]
    verdict = decide(ground_of(part.piece), band, range(2, grids + 1), 20.0)
    possible = best(town, band, grids) is not None
    if part.fewest > grids or part.load <= band.most:
        return
    assert verdict.possible is possible
    if verdict.labels is not None:
        found = measure(
            town, verdict.labels[make_problem(town, asked(band.least, band.most, grids)).atom], band
        )
        assert found.within.all() and found.connected.all()


def test_misses_of_other_reasons_are_left_alone():
    town, wanted = street([1, 1]), asked(5, 9, 1)
    before = planned(town, wanted, [0, 0])
    assert isinstance(before.misses[0], Miss)
    assert before.misses[0].reason is Reason.ISLAND
    assert prove(town=town, asked=wanted, plan=before).misses == before.misses


def test_a_grid_is_mended_with_those_around_it_and_the_rest_stays():
    """12 houses of 1 in a row as 2 + 4 + 3 + 3: the first two make 3 + 3."""
    town = street([1] * 12)
    ground = ground_of(make_problem(town, asked(3, 3, 4)).parts[0].piece)
    labels = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    found = mend(ground, Band(3, 3), labels, 0, np.inf)
    assert found.tolist() == [2, 2, 2, 3, 3, 3, 0, 0, 0, 1, 1, 1]


def test_more_grids_are_taken_up_where_the_nearest_do_not_suffice():
    """2 + 3 + 4: only all three together make 3 + 3 + 3."""
    ground = ground_of(make_problem(street([1] * 9), asked(3, 3, 3)).parts[0].piece)
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2])
    assert around(ground, labels, 0, 2).tolist() == [0, 1, 2, 3, 4]
    found = mend(ground, Band(3, 3), labels, 0, np.inf)
    assert np.bincount(found).tolist() == [3, 3, 3]


def test_what_cannot_be_mended_is_left():
    ground = ground_of(make_problem(street([2, 2, 2]), asked(3, 3, 2)).parts[0].piece)
    assert mend(ground, Band(3, 3), np.array([0, 0, 1]), 0, np.inf) is None


def test_a_house_between_houses_too_big_for_it_has_no_way_out():
    """4 between 4 and 4, and 1 + 4 at the end: no grid of 5 or 6 holds the one in the middle."""
    ground = ground_of(make_problem(street([1, 4, 4, 4, 1]), asked(5, 6, 3)).parts[0].piece)
    assert unavoidable(ground, Band(5, 6), np.array([2]), np.inf)
    assert not unavoidable(ground, Band(5, 6), np.array([0, 1]), np.inf)


def test_two_misses_of_one_piece_are_told_apart():
    town, wanted = street([1, 4, 4, 4, 1]), asked(5, 6, 3)
    after = prove(town=town, asked=wanted, plan=planned(town, wanted, [0, 0, 1, 2, 2]))
    assert [(miss.grid, miss.proved) for miss in after.misses] == [(1, True)]


@given(st.lists(st.integers(1, 9), min_size=7, max_size=7), st.integers(0, 6), st.data())
@settings(max_examples=25, deadline=None)
def test_no_plan_helps_what_is_shown_to_have_no_way_out(households, atom, data):
    town = (
        lattice(7, 1, households) if data.draw(st.booleans()) else lattice(4, 2, [*households, 3])
    )
    least = data.draw(st.integers(4, 12))
    band = Band(least, least + data.draw(st.integers(0, 3)))
    ground = ground_of(make_problem(town, asked(band.least, band.most, 3)).parts[0].piece)
    order = make_problem(town, asked(band.least, band.most, 3)).atom
    if max(town.households) > band.most or len(order) != len(ground.load):
        return
    rows = np.array([order[atom]])
    alone = any(
        grid[atom] and band.holds(town.households[grid].sum()) and _joined(town, grid)
        for chosen in range(2 ** len(town))
        if (grid := np.array([chosen >> i & 1 for i in range(len(town))], dtype=bool)).any()
    )
    assert unavoidable(ground, band, rows, np.inf) is not alone


def _joined(town, grid):
    """Tell whether the buildings of a grid hold together."""
    part = town.part(np.flatnonzero(grid))
    everything = Band(0, np.inf)
    return bool(measure(part, np.zeros(len(part), dtype=np.int64), everything).connected.all())
