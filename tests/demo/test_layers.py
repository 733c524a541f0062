"""The demo's departments have drawn cells in which every kind of fault is to be seen."""

from __future__ import annotations

from onegrid.accounts.terms import Role
from onegrid.core.overlay import Fault
from onegrid.demo.layers import bring_layers
from onegrid.demo.people import Cast
from onegrid.plans.queries.overlay import overlay
from onegrid.plans.terms import LayerKind
from tests.county import COUNTY, Town


def test_the_overlay_names_conflicts_gaps_and_slivers_of_the_departments(town: Town) -> None:
    dispatcher = town.viewer(Role.DISPATCHER)
    cast = Cast(town.now, town.viewer(Role.RESIDENT), county={Role.DISPATCHER: dispatcher})
    bring_layers(cast, tenant_id=COUNTY)
    kinds = [LayerKind.PUBLIC_ORDER, LayerKind.URBAN_MANAGEMENT, LayerKind.MARKET]
    found = overlay(viewer=dispatcher, kinds=kinds, on=town.now)
    faults = {kind: {place.fault for place in found.places if place.kind == kind} for kind in kinds}
    assert {Fault.GAP, Fault.OVERLAP, Fault.ACROSS} <= faults[LayerKind.PUBLIC_ORDER]
    assert faults[LayerKind.URBAN_MANAGEMENT] == {Fault.SLIVER}
    assert found.rows
