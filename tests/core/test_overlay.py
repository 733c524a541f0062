"""Cells of a department over the grids: hand-checked squares, and what always holds."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from onegrid.core.overlay import THIN_M, Fault, lay

#: four grids of 100 m by 100 m
GRIDS = [box(x, y, x + 100, y + 100) for y in (0, 100) for x in (0, 100)]


def test_the_same_cells_have_no_fault_and_whole_shares() -> None:
    laid = lay(GRIDS, GRIDS)
    assert laid.spots == ()
    assert [(row.cell, row.grid, row.share) for row in laid.shares] == [
        (n, n, 1.0) for n in range(4)
    ]


def test_a_cell_across_a_border_is_divided_by_ground_and_the_smaller_piece_named() -> None:
    cell = box(0, 0, 140, 100)
    laid = lay([cell, box(140, 0, 200, 100), box(0, 100, 200, 200)], GRIDS)
    mine = [(row.grid, round(row.share, 4)) for row in laid.shares if row.cell == 0]
    assert mine == [(0, 0.7143), (1, 0.2857)]
    across = {(spot.first, spot.second, spot.area) for spot in laid.named(Fault.ACROSS)}
    assert across == {(0, 1, 4000.0)}, "the last cell is two whole grids"
    assert [row.whole for row in laid.shares] == [True, False, False, True, True]
    assert laid.named(Fault.GAP, Fault.OVERLAP, Fault.OUTSIDE) == ()


def test_gaps_overlaps_and_ground_outside_are_named_with_their_area() -> None:
    cells = [box(0, 0, 100, 200), box(50, 0, 200, 100), box(300, 0, 340, 100)]
    laid = lay(cells, GRIDS)
    (overlap,) = laid.named(Fault.OVERLAP)
    assert (overlap.first, overlap.second, overlap.area) == (0, 1, 5000.0)
    (gap,) = laid.named(Fault.GAP)
    assert (gap.first, gap.area) == (3, 10000.0)
    (outside,) = laid.named(Fault.OUTSIDE)
    assert (outside.first, outside.area) == (2, 4000.0)
    assert [(row.grid, row.share) for row in laid.shares if row.cell == 2] == [(-1, 1.0)]


@pytest.mark.parametrize(("width", "sliver"), [(THIN_M - 1, True), (THIN_M + 1, False)])
def test_what_is_nowhere_wider_than_the_limit_is_a_sliver(width: float, sliver: bool) -> None:
    cells = [box(0, 0, 100 + width, 100), box(100 + width, 0, 200, 100), box(0, 100, 200, 200)]
    laid = lay(cells, GRIDS)
    border = [spot for spot in laid.spots if (spot.first, spot.second) == (0, 1)]
    assert [spot.fault for spot in border] == [Fault.SLIVER if sliver else Fault.ACROSS]
    grids = [row.grid for row in laid.shares if row.cell == 0]
    assert grids == ([0] if sliver else [0, 1])


def test_pieces_of_one_cell_in_one_grid_are_added_up() -> None:
    two = shapely.MultiPolygon([box(10, 10, 40, 40), box(60, 60, 90, 90)])
    (row,) = lay([two], GRIDS).shares
    assert (row.grid, row.area, row.share) == (0, 1800.0, 1.0)


@given(
    st.lists(
        st.tuples(
            st.integers(-40, 180), st.integers(-40, 180), st.integers(10, 120), st.integers(10, 120)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ground_is_neither_lost_nor_made(rows: list[tuple[int, int, int, int]]) -> None:
    cells = [box(x, y, x + w, y + h) for x, y, w, h in rows]
    laid = lay(cells, GRIDS)
    town, covered = shapely.union_all(GRIDS), shapely.union_all(cells)
    gaps = sum(spot.area for spot in laid.named(Fault.GAP))
    whole = [sum(row.share for row in laid.shares if row.cell == n) for n in range(len(cells))]
    assert max(whole) <= 1 + 1e-9 and gaps <= town.difference(covered).area + 1e-6
    if not laid.named(Fault.SLIVER):
        assert whole == pytest.approx([1.0] * len(cells))
        assert gaps == pytest.approx(town.difference(covered).area, abs=1e-6)
