"""What every plan keeps, whatever the town and whatever is wished for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from onegrid.core.planning import Effort, communities, measure, plan
from tests.core.planning.drawn import towns, with_wishes

ONE_ROUND = Effort(None, 1)
CASES = st.one_of(towns(), with_wishes())


def _stays(town, wanted):
    """Return which buildings lie in a grid of today that is to be kept."""
    if wanted.kept is None or town.today is None:
        return np.zeros(len(town), dtype=bool)
    return (town.today >= 0) & np.isin(town.today, town.today[wanted.kept])


@given(CASES, st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_building_is_in_one_grid_that_is_good_or_named(case, seed):
    town, wanted = case
    made = plan(town=town, asked=wanted, effort=ONE_ROUND, seed=seed)
    assert len(made.labels) == len(town)
    assert sorted(set(made.labels.tolist())) == list(range(made.grids))
    figures = measure(town, made.labels, wanted.band)
    assert figures.households.sum() == town.households.sum()
    bad = np.flatnonzero(~(figures.within & figures.connected)).tolist()
    assert sorted(miss.grid for miss in made.misses) == bad
    for miss in made.misses:
        assert miss.households == figures.households[miss.grid]
        assert (miss.crossed is None) == figures.connected[miss.grid]


@given(towns())
@settings(max_examples=30, deadline=None)
def test_a_grid_across_a_barrier_still_hangs_together_over_it(case):
    town, wanted = case
    labels = plan(town=town, asked=wanted, effort=ONE_ROUND).labels
    a, b = town.edges[labels[town.edges[:, 0]] == labels[town.edges[:, 1]]].T
    links = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(town),) * 2)
    assert connected_components(links, directed=False)[0] == labels.max() + 1


@given(CASES)
@settings(max_examples=40, deadline=None)
def test_compounds_within_the_band_stay_whole_where_they_hang_together(case):
    town, wanted = case
    labels = plan(town=town, asked=wanted, effort=ONE_ROUND).labels
    stays = _stays(town, wanted)
    total = np.bincount(town.compound[~stays] + 1, town.households[~stays], 6)
    for a, b in town.edges[town.open]:
        same = town.compound[a] == town.compound[b] >= 0 and not (stays[a] or stays[b])
        if same and total[town.compound[a] + 1] <= wanted.band.most:
            assert labels[a] == labels[b]


@given(with_wishes())
@settings(max_examples=40, deadline=None)
def test_what_is_kept_stays_as_it_is_to_the_building(case):
    town, wanted = case
    labels = plan(town=town, asked=wanted, effort=ONE_ROUND).labels
    stays = _stays(town, wanted)
    for grid in np.unique(town.today[stays]):
        own = np.flatnonzero(stays & (town.today == grid))
        assert np.flatnonzero(labels == labels[own[0]]).tolist() == own.tolist()


@given(CASES, st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_seed_and_rounds_alone_make_the_plan(case, seed):
    town, wanted = case
    rounds = Effort(None, 3)
    one, two = (plan(town=town, asked=wanted, effort=rounds, seed=seed) for _ in range(2))
    assert one.labels.tolist() == two.labels.tolist()
    assert one.score == two.score


@given(CASES)
@settings(max_examples=25, deadline=None)
def test_more_rounds_never_make_a_plan_worse(case):
    """The number of grids comes first, then the score."""
    town, wanted = case
    plans = [plan(town=town, asked=wanted, effort=Effort(None, rounds)) for rounds in (0, 2, 5)]
    over = [max(0, made.grids - (wanted.most_grids or made.grids)) for made in plans]
    ranks = [(more, made.score) for more, made in zip(over, plans, strict=True)]
    assert all(
        late[0] < early[0] or (late[0] == early[0] and late[1] <= early[1] * (1 + 1e-9) + 1e-6)
        for early, late in pairwise(ranks)
    )


@given(towns())
@settings(max_examples=30, deadline=None)
def test_without_wishes_the_score_of_a_plan_without_misses_is_its_inertia(case):
    town, wanted = case
    made = plan(town=town, asked=wanted, effort=ONE_ROUND)
    if not made.misses:
        inertia = measure(town, made.labels, wanted.band).inertia.sum()
        assert made.score == pytest.approx(inertia, abs=1e-6)


@given(towns(), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_every_grid_is_in_one_community_and_the_same_again(case, seed):
    town, wanted = case
    grids = plan(town=town, asked=wanted, effort=ONE_ROUND).labels
    one, two = (
        communities(town=town, grids=grids, band=wanted.band, effort=ONE_ROUND, seed=seed)
        for _ in range(2)
    )
    assert one.tolist() == two.tolist()
    assert sorted(set(one.tolist())) == list(range(one.max() + 1))
    assert len(np.unique(np.column_stack([grids, one]), axis=0)) == grids.max() + 1
