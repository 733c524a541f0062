"""Who says stop gets a whole plan, and no more work is done than that takes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings

from onegrid.core.planning import Asked, Band, Effort, measure, plan
from onegrid.core.planning.problem import make_problem
from onegrid.core.planning.ruin import Reach, Start, first_cut, improve
from onegrid.core.planning.search import Search
from onegrid.core.planning.shapes import GOING, LATE, NOW, Reins
from tests.core.planning.brute import lattice
from tests.core.planning.test_plan import towns


def piece_of(side=24):
    """Return a piece, terms for it, and how many grids it should have."""
    rng = np.random.default_rng(3)
    town = lattice(side, side, rng.integers(0, 9, side * side).tolist())
    problem = make_problem(town, Asked(Band(30, 60)))
    part = problem.parts[0]
    search = Search(problem, Effort(None, 0), 0, time.monotonic(), lambda *_: True)
    return town, part, search._terms(), problem.grids


def drawn(part, terms, grids, halt):
    """Return the cut, and whether a direction was drawn on the way; every good cut draws one."""
    dice = np.array([12345.0])
    wish = (grids, 6, 20)
    of, _ = first_cut(part.piece, terms, part.heir, wish, Reins(dice, np.array([halt])))
    return of, dice[0] != 12345.0


def test_what_has_to_end_now_is_chopped_into_connected_grids_and_not_cut():
    town, part, terms, grids = piece_of()
    of, tried = drawn(part, terms, grids, NOW)
    assert not tried
    assert drawn(part, terms, grids, GOING)[1]
    figures = measure(town, of, Band(30, 60))
    assert figures.connected.all()
    assert figures.grids <= grids
    assert figures.households.max() < 3 * 60


@pytest.mark.parametrize("halt", [LATE, NOW])
def test_what_is_late_is_improved_no_more(halt):
    _, part, terms, grids = piece_of()
    of, _ = drawn(part, terms, grids, LATE)
    dice, reach = np.array([12345.0]), Reach(500, 2, 4, 6)
    start = Start(of.astype(np.int64), part.heir)
    after, _ = improve(part.piece, terms, start, reach, Reins(dice, np.array([halt])))
    assert (after == of).all()
    assert dice[0] == 12345.0
    improve(part.piece, terms, start, reach, Reins(dice, np.array([GOING])))
    assert dice[0] != 12345.0


def test_a_plan_that_is_stopped_in_its_first_cut_makes_no_round_of_improvement():
    rng = np.random.default_rng(1)
    town = lattice(150, 150, rng.integers(1, 9, 22500).tolist())
    told = []

    def watch(progress):
        told.append(progress.stage)
        return progress.stage == "prepare"

    made = plan(town=town, asked=Asked(Band(300, 600)), effort=Effort(None, 10**9), watch=watch)
    assert made.rounds == 0
    assert "improve" not in told
    figures = measure(town, made.labels, Band(300, 600))
    assert figures.connected.all()
    assert figures.households.sum() == town.households.sum()
    assert {miss.grid for miss in made.misses} == set(np.flatnonzero(~figures.within).tolist())


@given(towns())
@settings(max_examples=40, deadline=None)
def test_time_that_was_over_long_ago_still_gives_a_plan(case):
    town, wanted = case
    made = plan(town=town, asked=wanted, effort=Effort(-100.0))
    assert sorted(set(made.labels.tolist())) == list(range(made.grids))
    figures = measure(town, made.labels, wanted.band)
    crossed = {miss.grid for miss in made.misses if miss.crossed is not None}
    assert set(np.flatnonzero(~figures.connected).tolist()) == crossed
