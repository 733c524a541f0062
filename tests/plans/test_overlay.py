"""Departments' layers over the grids of the small county: faults, cross-walk, households."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import shapely
from shapely import box

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Forbidden, Invalid
from onegrid.core.overlay import Fault
from onegrid.plans.actions.doing import Doing
from onegrid.plans.actions.layers import Imported, import_layer, undo_layer
from onegrid.plans.queries.overlay import overlay
from onegrid.plans.terms import LayerKind
from tests.county import SIDE, SOUTH, WEST, Town


def geojson(cells: dict[str, Any]) -> bytes:
    """Return cells by code as a file."""
    rows = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"{code}号"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, shape in cells.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def square(x: float, y: float, wide: float = 1, high: float = 1) -> Any:
    """Return a rectangle in sides of a grid from the south-west corner of the town."""
    west, south = WEST + x * SIDE, SOUTH + y * SIDE
    return box(west, south, west + wide * SIDE, south + high * SIDE)


def brought(town: Town, kind: str, cells: dict[str, Any]) -> Imported:
    done = import_layer(
        doing=Doing(town.viewer(Role.SUPERVISOR), town.now, uuid4()),
        kind=kind,
        name="部门网格",
        file_name="cells.geojson",
        content=geojson(cells),
    )
    assert isinstance(done, Imported)
    return done


#: one cell over G11 and a quarter of G12, the rest of G12, nothing in the north-east
CELLS = {"P1": square(0, 0, 1.25), "P2": square(1.25, 0, 0.75), "P3": square(0, 1)}


def laid(town: Town, *kinds: str, role: Role = Role.SUPERVISOR) -> Any:
    return overlay(viewer=town.viewer(role), kinds=kinds, on=town.now)


def test_conflicts_and_gaps_are_named_by_cell_and_grid(town: Town) -> None:
    brought(town, "party", CELLS)
    places = {(place.fault, place.first, place.second) for place in laid(town, "party").places}
    assert places == {(Fault.ACROSS, "P1", "第12网格"), (Fault.GAP, "第22网格", "")}
    for place in laid(town, "party").places:
        assert place.shape.contains(shapely.Point(place.lon, place.lat))


def test_the_cross_walk_maps_each_cell_to_the_grid_with_most_households(town: Town) -> None:
    brought(town, "party", CELLS)
    rows = [
        (row.cell_code, row.grid_code, round(row.share, 3), row.household_share, row.main)
        for row in laid(town, "party").rows
    ]
    assert rows == [
        ("P1", "G11", 0.8, 1.0, True),
        ("P1", "G12", 0.2, 0.0, False),
        ("P2", "G12", 1.0, 1.0, True),
        ("P3", "G21", 1.0, 1.0, True),
    ]
    assert sum(row.households for row in laid(town, "party").rows) == 3 * 72


def test_several_layers_stand_side_by_side_and_each_is_judged_by_itself(town: Town) -> None:
    brought(town, "party", CELLS)
    brought(town, "health", {"H1": square(0, 0, 2, 2), "H2": square(0.5, 0.5)})
    found = laid(town, "party", "health")
    assert [one.layer.kind for one in found.layers] == [LayerKind.PARTY, LayerKind.HEALTH]
    faults = {place.fault for place in found.places if place.kind == LayerKind.HEALTH}
    assert faults == {Fault.ACROSS, Fault.OVERLAP}


def test_a_layer_taken_back_or_not_there_cannot_be_laid(town: Town) -> None:
    done = brought(town, "party", CELLS)
    with pytest.raises(Invalid, match=r"overlay\.kinds"):
        laid(town)
    with pytest.raises(Invalid, match=r"overlay\.kinds"):
        laid(town, "party", "health")
    assert done.layer_id is not None
    later = Doing(town.viewer(Role.SUPERVISOR), town.now + timedelta(days=1), uuid4())
    undo_layer(doing=later, layer_id=done.layer_id)
    with pytest.raises(Invalid, match=r"overlay\.kinds"):
        laid(town, "party")


def test_only_those_who_plan_or_are_asked_may_look(town: Town) -> None:
    brought(town, "party", CELLS)
    assert laid(town, "party", role=Role.COMMUNITY_CLERK).rows
    with pytest.raises(Forbidden):
        laid(town, "party", role=Role.UNIT_MEMBER)
