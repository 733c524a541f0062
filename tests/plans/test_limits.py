"""What a draft tells of all plans: how near to the best it is, who must move, grids too many."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from onegrid.accounts.terms import Role
from onegrid.plans import actions, queries
from onegrid.plans.limits import Standing
from onegrid.plans.queries import DraftRow
from tests.county import Town
from tests.plans.steps import a_draft, building, does, numbers, planned

STREET = Role.STREET_OFFICER


def row_of(town: Town, draft_id: UUID) -> DraftRow:
    return queries.compare(viewer=town.viewer(STREET), draft_ids=[draft_id])[0]


def standing(town: Town, draft_id: UUID) -> Standing:
    found = row_of(town, draft_id).standing
    assert found is not None
    return found


def test_a_run_finds_out_how_good_its_plan_can_be(town: Town) -> None:
    draft_id = planned(town)
    found, row = standing(town, draft_id), row_of(town, draft_id)
    assert row.after is not None
    assert found.gap == pytest.approx(0, abs=1e-6), "there is no other plan"
    assert found.must_move == 144 == row.after.moved, "two of four grids are given up"
    assert (found.open, found.left_out, found.too_many) == (0, 0, 0)


def test_nothing_is_told_before_a_run_or_once_something_else_is_asked_for(town: Town) -> None:
    draft_id = a_draft(town)
    assert row_of(town, draft_id).standing is None
    draft_id = planned(town)
    view = queries.draft(viewer=town.viewer(STREET), draft_id=draft_id, now=town.now)
    doing = does(town, STREET)
    actions.change_draft(doing=doing, draft_id=draft_id, wish=replace(view.wish, name="另一名"))
    assert row_of(town, draft_id).standing is not None
    doing = does(town, STREET)
    actions.change_draft(doing=doing, draft_id=draft_id, wish=replace(view.wish, most=160))
    assert row_of(town, draft_id).standing is None


def test_a_grid_that_a_hand_takes_out_of_the_band_keeps_the_gap_back(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    assert standing(town, draft_id).gap is not None
    moved, grid = building(town, draft_id, "G11小区2号楼"), numbers(town, draft_id)["G12小区1号楼"]
    actions.paint(doing=does(town, STREET), draft_id=draft_id, building_ids=[moved], grid=grid)
    found = standing(town, draft_id)
    assert found.gap is None
    assert found.open == 2, "one grid has too few now, the other too many"
    actions.undo(doing=does(town, STREET), draft_id=draft_id)
    assert standing(town, draft_id).gap is not None


def test_more_grids_than_allowed_are_counted(town: Town) -> None:
    draft_id = planned(town, least=60, most=90, most_grids=1)
    found, row = standing(town, draft_id), row_of(town, draft_id)
    assert row.after is not None
    assert found.allowed == 1
    assert found.too_many == row.after.grids - 1 > 0
