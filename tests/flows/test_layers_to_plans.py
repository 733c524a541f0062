"""S4, S5: what a file brought becomes part of a plan: a cut, compounds, buildings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.grids.queries import buildings
from onegrid.plans import actions, queries
from onegrid.plans.actions import DraftWish
from onegrid.plans.actions.layers import draft_from_layer, undo_layer
from onegrid.plans.ground import Ground
from onegrid.plans.models import Draft
from onegrid.plans.queries.layers import cut_of, sources
from onegrid.plans.terms import LayerKind, Status
from tests.county import Town
from tests.plans.steps import a_draft, approved, building, does, numbers
from tests.plans.test_overlay import brought, square

OFFICER, SUPERVISOR = Role.STREET_OFFICER, Role.SUPERVISOR
#: the west in one cell; the east in another one, which leaves out the house in the very east
HALVES = {"W1": square(0, 0, 1, 2), "E1": square(1, 0, 0.58, 2)}


def wish(town: Town, **more: Any) -> DraftWish:
    values = {"name": "手画方案", "least": 100, "most": 150, **more}
    return DraftWish(scope_id=town.areas["S1"], **values)


def from_layer(town: Town, cells: dict[str, Any], kind: str = "grids") -> Any:
    layer_id = brought(town, kind, cells).layer_id
    assert layer_id is not None
    return draft_from_layer(doing=does(town, OFFICER), wish=wish(town), layer_id=layer_id)


def test_s4_a_cut_drawn_elsewhere_becomes_a_draft_that_is_checked_edited_and_adopted(
    town: Town,
) -> None:
    draft_id = from_layer(town, HALVES)
    by_address = numbers(town, draft_id)
    assert {by_address[f"{code}小区1号楼"] for code in ("G11", "G21")} == {0}
    assert {by_address[f"{code}小区2号楼"] for code in ("G12", "G22")} == {1}
    view = queries.draft(viewer=town.viewer(SUPERVISOR), draft_id=draft_id, now=town.now)
    assert view.row.status == Status.READY and view.row.before.grids == 4
    assert not any(one.connected for one in view.grids), "both reach across communities"
    moved = building(town, draft_id, "G21小区1号楼")
    actions.paint(doing=does(town, OFFICER), draft_id=draft_id, building_ids=[moved], grid=1)
    assert numbers(town, draft_id)["G21小区1号楼"] == 1
    actions.undo(doing=does(town, OFFICER), draft_id=draft_id)
    approved(town, draft_id)
    adopted = actions.adopt(
        doing=does(town, SUPERVISOR), draft_id=draft_id, effective_on=date(2026, 3, 9)
    )
    assert adopted


def test_s4_who_lies_in_no_cell_gets_the_nearest_one_or_stays_and_is_named(town: Town) -> None:
    cells = {"W1": square(0, 0, 0.555), "W2": square(0, 1, 1)}
    layer_id = brought(town, "grids", cells).layer_id
    assert layer_id is not None
    cut = cut_of(
        viewer=town.viewer(OFFICER), layer_id=layer_id, scope_id=town.areas["S1"], on=town.now
    )
    told = {one.address: (one.cell, one.grid) for one in cut.beside}
    assert told["G11小区2号楼"] == ("W1", "第11网格")
    assert told["G12小区1号楼"] == ("", "第12网格")
    assert (cut.buildings, cut.cells) == (8, 2)
    draft_id = draft_from_layer(doing=does(town, OFFICER), wish=wish(town), layer_id=layer_id)
    assert len(set(numbers(town, draft_id).values())) == 4


def test_s4_a_layer_that_is_no_cut_or_lies_elsewhere_starts_no_draft(town: Town) -> None:
    with pytest.raises(Invalid, match=r"layer\.no_cells"):
        from_layer(town, HALVES, kind="compounds")
    with pytest.raises(Invalid, match=r"layer\.elsewhere"):
        from_layer(town, {"X": square(9, 9)})
    layer_id = brought(town, "grids", HALVES).layer_id
    assert layer_id is not None
    worker = does(town, Role.GRID_WORKER)
    with pytest.raises(Forbidden):
        draft_from_layer(doing=worker, wish=wish(town), layer_id=layer_id)
    undo_layer(doing=does(town, OFFICER), layer_id=layer_id)
    with pytest.raises(Conflict, match=r"layer\.undone"):
        draft_from_layer(doing=does(town, OFFICER), wish=wish(town), layer_id=layer_id)


def test_s4_the_same_key_makes_one_draft_from_a_layer(town: Town) -> None:
    layer_id = brought(town, "party", HALVES).layer_id
    assert layer_id is not None
    once = does(town, OFFICER)
    for _ in range(2):
        draft_from_layer(doing=once, wish=wish(town), layer_id=layer_id)
    assert Draft.objects.count() == 1


def test_s4_what_lies_in_one_outline_of_compounds_is_one_compound_of_a_draft(town: Town) -> None:
    def compounds(draft_id: Any) -> list[int]:
        draft = Draft.objects.get(pk=draft_id)
        found = dict(
            zip(
                Ground.load(draft.ground).building_ids(),
                Ground.load(draft.ground).compound.tolist(),
                strict=True,
            )
        )
        rows = buildings(area_id=town.areas["S1"], on=town.now)
        return [found[row.id] for row in rows]

    before = compounds(a_draft(town))
    layer_id = brought(town, "compounds", {"C": square(0, 0, 2, 1)}).layer_id
    assert layer_id is not None
    draft_id = a_draft(town)
    after = compounds(draft_id)
    assert len(set(before)) == 4 and len(set(after[:4])) == 1 and len(set(after)) == 3
    assert sources(draft_id=draft_id) == ((LayerKind.COMPOUNDS, "部门网格", town.now),)
    undo_layer(doing=does(town, OFFICER), layer_id=layer_id)
    assert compounds(a_draft(town)) == before
