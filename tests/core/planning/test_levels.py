"""Communities are groups of whole grids, and each grid can say why it is as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onegrid.core.planning import (
    Band,
    Barrier,
    Effort,
    Hindrance,
    communities,
    explain,
    make_town,
    measure,
    plan,
)
from tests.core.planning.brute import asked, lattice, plan_of

ROUNDS = Effort(seconds=None, rounds=4)


def test_communities_hold_whole_grids_within_their_band():
    town = lattice(12, 12, [4] * 144)
    grids = plan(town=town, asked=asked(20, 40, 18), effort=ROUNDS).labels
    groups = communities(town=town, grids=grids, band=Band(100, 220), effort=ROUNDS)
    for grid in range(int(grids.max()) + 1):
        assert len(set(groups[grids == grid].tolist())) == 1
    figures = measure(town, groups, Band(100, 220))
    assert figures.within.all()
    assert figures.connected.all()


def test_communities_part_along_the_river_where_they_can():
    """Two grids on each side of a river; both ways to pair them are equally compact."""
    town = lattice(4, 4, [5] * 16)
    a, b = town.edges.T
    river = np.where((a // 4 == 1) & (b // 4 == 2), int(Barrier.RIVER), 0)
    town = replace(town, barrier=river)
    grids = (np.arange(16) // 8) * 2 + (np.arange(16) % 4) // 2
    groups = communities(town=town, grids=grids, band=Band(30, 50), effort=ROUNDS)
    assert len(set(groups[:8].tolist())) == 1
    assert groups[0] != groups[8]


def test_communities_may_reach_over_a_river_when_the_band_asks_for_it():
    town = lattice(4, 1, [5] * 4)
    town = replace(town, barrier=np.array([0, int(Barrier.RIVER), 0]))
    groups = communities(town=town, grids=np.arange(4), band=Band(20, 20), effort=ROUNDS)
    assert set(groups.tolist()) == {0}


def street(households, labels):
    town = lattice(len(households), 1, households)
    return town, plan_of(labels)


@pytest.mark.parametrize(
    ("households", "labels", "band", "hindrance", "by"),
    [
        ([4, 4, 4, 3], [0, 0, 1, 1], (6, 10), Hindrance.TOO_MANY, 2),
        ([3, 3, 3, 3], [0, 0, 1, 1], (5, 10), Hindrance.TOO_FEW, 2),
        ([3, 3, 3, 3], [0, 0, 1, 1], (3, 10), Hindrance.FARTHER, 450),
    ],
)
def test_a_grid_says_what_keeps_its_neighbour_away(households, labels, band, hindrance, by):
    """Houses 10 m apart; one more house makes 3 · 150 of a row of two, and the other loses."""
    town, made = street(households, labels)
    story = explain(town, made, asked(*band, 2))[0]
    assert story.nearest is not None
    assert (story.nearest.building, story.nearest.grid) == (2, 1)
    assert story.nearest.hindrance is hindrance
    if hindrance is not Hindrance.FARTHER:
        assert story.nearest.by == by
    else:
        assert story.nearest.by == pytest.approx(600 - 150 - 150)


def test_a_grid_says_that_another_would_fall_apart():
    """The middle house of three holds the others together, and is the only one beside the fourth."""
    town = make_town(
        xy=np.array([[0, 0], [10, 0], [20, 0], [10, 10]]),
        households=np.array([2, 2, 2, 9]),
        edges=np.array([[0, 1], [1, 2], [1, 3]]),
    )
    story = explain(town, plan_of([0, 0, 0, 1]), asked(1, 200, 2))
    assert story[1].nearest is not None
    assert story[1].nearest.building == 1
    assert story[1].nearest.hindrance is Hindrance.APART


def test_a_grid_says_how_much_room_it_has_and_what_bounds_it():
    town, made = street([4, 4, 4], [0, 0, 1])
    town = replace(town, barrier=np.array([0, int(Barrier.RAILWAY)]), shared=np.array([5.0, 7.0]))
    story = explain(town, made, asked(3, 10, 2))
    assert story[0].room == (2, 5)
    assert story[0].borders == {Barrier.RAILWAY: 7.0}
    assert story[0].rms == pytest.approx(5.0)
    assert story[0].nearest is None
