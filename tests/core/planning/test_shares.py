"""Grids are shared out among pieces as cheaply as any way does it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.core.planning.shares import share_out

_COSTS = st.dictionaries(st.integers(1, 5), st.integers(0, 50).map(float), min_size=1)


@given(st.lists(_COSTS, min_size=1, max_size=4), st.integers(1, 14))
def test_no_other_way_is_cheaper(options, grids):
    shared = share_out(options, grids)
    fewest = sum(min(costs) for costs in options)
    assert sum(shared) <= max(grids, fewest)
    ways = [way for way in product(*options) if sum(way) <= max(grids, fewest)]
    best = min(sum(costs[k] for costs, k in zip(options, way, strict=True)) for way in ways)
    assert sum(costs[k] for costs, k in zip(options, shared, strict=True)) == pytest.approx(best)


def test_a_number_that_nobody_can_cut_is_not_taken_while_another_is_left():
    assert share_out([{1: 9.0, 2: np.inf, 3: 4.0}, {1: 5.0, 2: 2.0}], 4) == [3, 1]
