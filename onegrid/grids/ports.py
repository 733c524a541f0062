"""What an importer hands over: areas, buildings and map layers with their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

#: Told after each batch: what is written, how many of it so far, how many in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AreaInput:
    """County, street, community or grid.

    Attributes:
        parent_code: empty for the county.
        shape: polygon in degrees; None when the outline is not known.
        sketch: the outline is a rough drawing, not a surveyed border.
    """

    level: str
    code: str
    name: str
    parent_code: str
    households: int | None
    shape: BaseGeometry | None
    sketch: bool = False


@dataclass(frozen=True, slots=True)
class BuildingInput:
    """A building; `shape` is its footprint or a point, in degrees."""

    grid_code: str
    compound: str
    number: str
    use: str
    address: str
    floors: int
    units: int
    households: int
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class LayerInput:
    """A road, railway, water or green; rank 1 is drawn first and widest."""

    kind: str
    name: str
    rank: int
    width_m: float
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many rows an import has written."""

    areas: int
    buildings: int
    layers: int
