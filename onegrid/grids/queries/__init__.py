"""Read places: where a point lies, what lies in an area, what the map shows."""

from __future__ import annotations

from onegrid.grids.queries.layers import LAYERS, Layer, layer_geojson
from onegrid.grids.queries.lists import (
    BuildingRow,
    Choice,
    address_list,
    area,
    area_names,
    areas,
    building,
    buildings,
    within,
)
from onegrid.grids.queries.plan import AreaRow, clear, plan_version
from onegrid.grids.queries.point import Place, bounds, grid_at, place_of, place_of_area

__all__ = [
    "LAYERS",
    "AreaRow",
    "BuildingRow",
    "Choice",
    "Layer",
    "Place",
    "address_list",
    "area",
    "area_names",
    "areas",
    "bounds",
    "building",
    "buildings",
    "clear",
    "grid_at",
    "layer_geojson",
    "place_of",
    "place_of_area",
    "plan_version",
    "within",
]
