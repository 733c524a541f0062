"""Towns and questions for properties, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from onegrid.core.planning import Asked, Band, Town, Wishes
from tests.core.planning.brute import lattice

_WEIGHT = st.sampled_from([0.0, 0.0, 0.3, 2.0])
_METRES = st.floats(-40, 90)


@st.composite
def towns(draw: Any) -> tuple[Town, Asked]:
    """Draw a town of 4 to 36 buildings with barriers, compounds, empty and very big buildings."""
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    n = columns * rows
    size = st.one_of(st.integers(0, 9), st.sampled_from([0, 0, 30]))
    households = draw(st.lists(size, min_size=n, max_size=n).filter(any))
    town = lattice(columns, rows, households)
    kinds = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4])
    barrier = draw(st.lists(kinds, min_size=len(town.edges), max_size=len(town.edges)))
    compound = draw(st.lists(st.integers(-1, 4), min_size=n, max_size=n))
    least = draw(st.integers(1, 20))
    band = Band(least, least + draw(st.integers(0, 20)))
    made = replace(town, barrier=np.array(barrier), compound=np.array(compound))
    return made, Asked(band, draw(st.sampled_from([None, 1, 3, 9])))


@st.composite
def with_wishes(draw: Any) -> tuple[Town, Asked]:
    """Draw a town with grids of today, some kept as they are, unequal work, and wishes."""
    town, asked = draw(towns())
    n = len(town)
    today = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    work = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    kept = draw(st.lists(st.sampled_from([False] * 9 + [True]), min_size=n, max_size=n))
    weights = {name: draw(_WEIGHT) for name in ("borders", "workload", "change", "station")}
    places = draw(st.lists(st.tuples(_METRES, _METRES), max_size=4))
    told = replace(
        town,
        today=np.array(today),
        workload=np.array(work, dtype=np.float64),
        stations=np.array(places, dtype=np.float64).reshape(-1, 2),
    )
    return told, replace(asked, wishes=Wishes(**weights), kept=np.array(kept))
