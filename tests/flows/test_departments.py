"""S5: departments' own grids become one net; each old cell finds its unified grid."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from onegrid.accounts.terms import Role
from onegrid.core.overlay import Fault
from onegrid.plans.models import Layer
from onegrid.plans.queries.overlay import overlay
from tests.conftest import MONDAY
from tests.county import Town
from tests.plans.test_layers import bring, corners, frame, sheet, written
from tests.plans.test_overlay import square
from tests.web.conftest import plain_static  # noqa: F401 - a fixture for every test here
from tests.web.staff import browser, travel

#: party building crosses a border of grids by 3 m, health leaves the north-east out
PARTY = [square(0, 0, 1.008), square(1.008, 0, 0.992), square(0, 1, 2)]
HEALTH = [square(0, 0, 2), square(0, 1, 1.4)]


def test_s5_layers_of_several_kinds_of_files_are_laid_over_the_grids_and_cross_walked(
    town: Town, tmp_path: Path
) -> None:
    bring(town, written(frame(PARTY), tmp_path, "party.zip"), "party.zip", kind="party")
    bring(town, written(frame(HEALTH), tmp_path, "health.kml"), "health.kml", kind="health")
    table = [["编号", "名称", "经度", "纬度"], *corners(square(0, 0, 2, 2), "U1", "gcj02")]
    bring(town, sheet(table), "urban.xlsx", kind="urban_management", system="gcj02")
    kinds = ("party", "health", "urban_management")
    found = overlay(viewer=town.viewer(Role.STREET_OFFICER), kinds=kinds, on=town.now)
    faults = {(str(place.kind), place.fault) for place in found.places}
    assert faults == {("party", Fault.SLIVER), ("health", Fault.GAP)}
    mapped = {(row.kind.value, row.cell_code, row.grid_code) for row in found.rows if row.main}
    assert ("party", "DJ001", "G11") in mapped and ("party", "DJ002", "G12") in mapped
    whole = {grid for kind, _, grid in mapped if kind == "urban_management"}
    assert whole == {"G11", "G12", "G21", "G22"}


@pytest.mark.parametrize("role", [Role.STREET_OFFICER, Role.SUPERVISOR])
def test_s5_the_cross_walk_leaves_the_house_as_excel(
    town: Town, tmp_path: Path, role: Role
) -> None:
    bring(town, written(frame(PARTY), tmp_path, "party.gpkg"), "party.gpkg", kind="party")
    with travel(MONDAY):
        client = browser(town, role)
        answer = client.get("/desk/plans/layers/overlay.xlsx?kind=party&table=cells")
    target = tmp_path / "cross.xlsx"
    target.write_bytes(answer.content)
    rows = list(openpyxl.load_workbook(target).active.values)
    assert [(row[1], row[3]) for row in rows[1:]] == [
        ("DJ001", "G11"),
        ("DJ002", "G12"),
        ("DJ003", "G21"),
        ("DJ003", "G22"),
    ]
    assert Layer.objects.count() == 1
