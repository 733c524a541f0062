"""What an invented town consists of. Geometries are shapely objects in WGS 84 degrees."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """County, street, community or grid.

    Attributes:
        level: county, street, community or grid.
        households: invented count; None for villages, of which nothing is invented.
        polygon: None for villages.
        sketch: the outline is a rough drawing, not a measured border.
    """

    level: str
    code: str
    name: str
    parent_code: str
    households: int | None
    polygon: Polygon | None
    sketch: bool


@dataclass(frozen=True, slots=True)
class CompoundPlan:
    """A walled compound (小区) or the plot of a public use inside one grid."""

    grid_code: str
    name: str
    use: str
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    """A building; `households` is floors times units times flats per floor and unit.

    Attributes:
        earlier_code: the grid it was in before, of `Town.earlier`.
    """

    grid_code: str
    earlier_code: str
    compound: str
    number: str
    use: str
    address: str
    floors: int
    units: int
    flats_per_floor: int
    households: int
    footprint: Polygon


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A road, a railway, water or green on the map.

    Attributes:
        kind: road, rail, water or green.
        rank: 1 for main, 2 for secondary, 3 for lanes and for plots of green.
        width_m: carriageway for roads, 0 for areas.
    """

    kind: str
    name: str
    rank: int
    width_m: float
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Town:
    """The whole invented county: real names, invented everything else.

    Attributes:
        earlier: communities and grids of the cut before; the households are not counted there.
    """

    areas: tuple[AreaPlan, ...]
    earlier: tuple[AreaPlan, ...]
    compounds: tuple[CompoundPlan, ...]
    buildings: tuple[BuildingPlan, ...]
    layers: tuple[LayerPlan, ...]

    @property
    def households(self) -> int:
        """Return the number of households in all buildings."""
        return sum(building.households for building in self.buildings)

    def of_level(self, level: str) -> tuple[AreaPlan, ...]:
        """Return the areas of one level."""
        return tuple(area for area in self.areas if area.level == level)
