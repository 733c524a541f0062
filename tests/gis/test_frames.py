"""GeoPandas in, GeoPandas out."""

from __future__ import annotations

import pytest

from onegrid.core.planning import Effort
from onegrid.gis.errors import GisError
from onegrid.gis.frames import plan_frame
from tests.gis.places import houses, road

ROUNDS = Effort(None, 10)


def test_a_frame_becomes_grids_and_communities_in_its_own_system() -> None:
    town = houses(9, 8).to_crs(32650)
    made = plan_frame(town, grids=(60, 100), communities=(200, 300), effort=ROUNDS)
    assert made.grids.households.between(60, 100).all()
    assert made.communities is not None
    assert made.communities.households.between(200, 300).all()
    assert made.grids.crs == made.communities.crs == made.buildings.crs == town.crs
    assert len(made.buildings) == len(town)
    assert made.buildings.grid.nunique() == len(made.grids)
    own = made.grids.set_index("code").geometry[made.buildings.grid].reset_index(drop=True)
    middles = made.buildings.geometry.centroid.reset_index(drop=True)
    assert own.buffer(0.01).contains(middles).all()


def test_no_grid_of_a_frame_crosses_a_main_road() -> None:
    made = plan_frame(houses(), grids=(60, 100), barriers=road(3), effort=ROUNDS)
    (line,) = road(3).to_crs(32650).geometry
    inner = made.grids.to_crs(32650).buffer(-2)
    assert not inner.crosses(line).any()
    assert made.communities is None


def test_a_frame_without_a_coordinate_system_is_refused() -> None:
    with pytest.raises(GisError, match="frame_crs"):
        plan_frame(houses().set_crs(None, allow_override=True), grids=(60, 100))
