"""An invented town at the place of Changle's county seat: the names of divisions are real."""

from __future__ import annotations

from onegrid.demo.town.build import build_town
from onegrid.demo.town.plan import AreaPlan, BuildingPlan, CompoundPlan, LayerPlan, Town

__all__ = ["AreaPlan", "BuildingPlan", "CompoundPlan", "LayerPlan", "Town", "build_town"]
