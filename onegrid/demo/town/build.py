"""Put the invented town together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from onegrid.demo.divisions import COUNTY_CODE, Division, of_kind
from onegrid.demo.town import county, cutting, parcels, settle, streets
from onegrid.demo.town.earlier import BigGrid, cut_earlier
from onegrid.demo.town.frame import to_degrees
from onegrid.demo.town.names import Names
from onegrid.demo.town.naming import addresses, community_names, road_names
from onegrid.demo.town.plan import AreaPlan, BuildingPlan, CompoundPlan, LayerPlan, Town

HOUSEHOLDS = 90_000
_DRAWS = 12
_CITY_STREET, _NEW_STREET = "370725001000", "370725002000"
_SETBACK_M = 6.0
_CELL_M2 = 68_000.0
_PLOT_M2 = 13_000.0
_LEAST_PLOT_M2 = 3_000.0


@dataclass(frozen=True, slots=True)
class _Tile:
    """A piece of the town with the plot on it, if there is room for one; shapes in metres.

    Attributes:
        earlier: code of the grid that it was in before.
    """

    shape: Polygon
    settled: settle.Settled | None
    earlier: str = ""

    @property
    def households(self) -> int:
        return self.settled.households if self.settled else 0


@dataclass(frozen=True, slots=True)
class _Grid:
    """A grid of the plan."""

    shape: Polygon
    code: str
    name: str
    community: Division
    tiles: tuple[_Tile, ...]

    @property
    def plots(self) -> list[settle.Settled]:
        return [tile.settled for tile in self.tiles if tile.settled is not None]

    @property
    def households(self) -> int:
        return sum(tile.households for tile in self.tiles)


def build_town(rng: Generator) -> Town:
    """Invent the town; the same generator state gives the same town.

    Streets, plots and houses are drawn; grids and communities are cut by the planner. A draw that
    cannot be cut as promised is thrown away, and the next of the same generator is taken.

    Returns:
        About 90,000 households in 22 communities and grids of 300 to 500 households each.

    Raises:
        cutting.NoPlan: no draw worked out, which means that the rules were changed for the worse.
    """
    for _ in range(_DRAWS):
        with suppress(cutting.NoPlan):
            return _draw(rng)
    raise cutting.NoPlan(f"no town in {_DRAWS} draws")


def _draw(rng: Generator) -> Town:
    """Try once to invent the town."""
    bones = streets.draw(rng)
    cells, lanes = _cells(rng, bones)
    drawn = [tile for cell in cells for tile in _tiles(rng, cell)]
    tiles, countryside = county.share_borders(drawn, bones.outline, county.cells())
    closed = _closed(bones, lanes)
    plots = [_plot(rng, tile, closed) for tile in tiles]
    built = iter(settle.settle(rng, [plot for plot in plots if plot], HOUSEHOLDS))
    settled = [
        _Tile(tile, next(built) if plot else None) for tile, plot in zip(tiles, plots, strict=True)
    ]
    return _town(rng, bones, _grids(settled, bones), lanes, countryside)


def _far(shape: Polygon) -> float:
    centre = shape.centroid
    return float(min(1.0, np.hypot(centre.x / 2_300.0, centre.y / 2_000.0)))


def _cells(rng: Generator, bones: streets.Skeleton) -> tuple[list[Polygon], list[Any]]:
    """Cut the blocks by lanes into cells, smaller in the middle of the town."""
    cells: list[Polygon] = []
    lanes: list[Any] = []
    for block in bones.blocks:
        count = max(1, round(block.area / (_CELL_M2 * (1.0 + 0.7 * _far(block)))))
        found, lines = parcels.split(rng, block, count)
        cells += found
        lanes += lines
    return cells, lanes


def _tiles(rng: Generator, cell: Polygon) -> list[Polygon]:
    return parcels.split(rng, cell, max(1, round(cell.area / (_PLOT_M2 * 1.35))))[0]


def _not_for_homes(bones: streets.Skeleton) -> Any:
    bank = shapely.buffer(bones.river, streets.RIVER_HALF_M + streets.RIVER_PARK_M)
    return shapely.union_all([bank, *bones.parks])


def _closed(bones: streets.Skeleton, lanes: list[Any]) -> shapely.STRtree:
    """Index everything that keeps houses off: carriageways with pavements, water, parks."""
    shapes = [shapely.buffer(r.line, streets.WIDTH_M[r.rank] / 2 + 3) for r in bones.roads]
    shapes += [shapely.buffer(line, streets.WIDTH_M[streets.LANE] / 2 + 1) for line in lanes]
    return shapely.STRtree([*shapes, _not_for_homes(bones)])


def _plot(rng: Generator, tile: Polygon, closed: shapely.STRtree) -> settle.Plot | None:
    """Return the largest dry part of a tile off the roads; None when it is too small."""
    near = closed.geometries[closed.query(tile, predicate="intersects")]
    dry = shapely.get_parts(shapely.difference(tile, shapely.union_all(near)))
    shape = max(dry, key=lambda part: part.area, default=None)
    if shape is None or shape.area < _LEAST_PLOT_M2:
        return None
    room = shapely.buffer(shape, -_SETBACK_M)
    return settle.Plot(shape, room, _row_angle(rng, shape), _far(shape))


def _row_angle(rng: Generator, shape: Polygon) -> float:
    """Turn rows with the plot, but so that they face about south."""
    angle = parcels.long_axis(shape) % (np.pi / 2)
    angle = angle - np.pi / 2 if angle > np.pi / 4 else angle
    return float(np.clip(angle, -0.5, 0.5) + rng.normal(0.0, 0.015))


@dataclass(frozen=True, slots=True)
class _Cut:
    """The grids of the plan, and those of before with their shapes in metres."""

    grids: list[_Grid]
    earlier: list[tuple[BigGrid, Polygon]]


def _grids(tiles: list[_Tile], bones: streets.Skeleton) -> _Cut:
    """Let the planner cut the town, and number the grids of each community from north to south."""
    town = cutting.as_planned([t.shape for t in tiles], [t.households for t in tiles], bones)
    grid, community = cutting.cut(town, len(of_kind("urban_community")))
    named = _named(town, community)
    before = cut_earlier(town, [named[one] for one in community.tolist()])
    tiles = list(tiles)
    for big in before:
        for row in big.tiles.tolist():
            tiles[row] = replace(tiles[row], earlier=big.code)
    out = []
    for number, division in sorted(named.items(), key=lambda item: item[1].code):
        own = [np.flatnonzero(grid == g) for g in np.unique(grid[community == number])]
        shapes = [shapely.coverage_union_all([tiles[i].shape for i in rows]) for rows in own]
        order = sorted(
            range(len(own)),
            key=lambda i: (-round(shapes[i].centroid.y / 250.0), shapes[i].centroid.x),
        )
        out += [
            _Grid(
                shapes[i],
                f"{division.code}{place:03d}",
                f"{division.name}第{place}网格",
                division,
                tuple(tiles[row] for row in own[i]),
            )
            for place, i in enumerate(order, start=1)
        ]
    joined = [shapely.coverage_union_all([tiles[i].shape for i in big.tiles]) for big in before]
    return _Cut(out, list(zip(before, joined, strict=True)))


def _named(town: Any, community: Any) -> dict[int, Division]:
    """Give each community its name; 4 of them form the new street in the north."""
    by_street = {
        street: [c for c in of_kind("urban_community") if c.parent_code == street]
        for street in (_NEW_STREET, _CITY_STREET)
    }
    new = cutting.northern(town, community, len(by_street[_NEW_STREET]))
    found: dict[int, Division] = {}
    for street, divisions in by_street.items():
        own = [c for c in range(int(community.max()) + 1) if (c in new) == (street == _NEW_STREET)]
        centres = np.array([town.xy[community == c].mean(axis=0) for c in own])
        found.update(zip(own, community_names(centres, divisions), strict=True))
    return found


def _town(
    rng: Generator,
    bones: streets.Skeleton,
    cut: _Cut,
    lanes: list[Any],
    countryside: list[tuple[str, Polygon]],
) -> Town:
    """Name everything and turn metres into degrees."""
    names = Names(rng)
    named = road_names(bones.roads, names)
    compounds, buildings = [], []
    for grid in cut.grids:
        addressed = addresses([plot.plot.shape for plot in grid.plots], named)
        before = [tile.earlier for tile in grid.tiles if tile.settled is not None]
        for plot, address, earlier in zip(grid.plots, addressed, before, strict=True):
            name = names.compound(plot.use) if plot.households else names.public(plot.use)
            compounds.append((CompoundPlan, grid.code, name, plot.use, plot.plot.shape))
            buildings += _houses((grid.code, earlier), name, address, plot)
    return Town(
        areas=_areas(cut.grids, countryside),
        earlier=_earlier(cut.earlier),
        compounds=_in_degrees(compounds),
        buildings=_in_degrees(buildings),
        layers=_in_degrees(_layers(bones, named, lanes, compounds)),
    )


def _in_degrees(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Make records of rows (class, values …, shape in metres), converting all shapes at once."""
    shapes = to_degrees(np.array([row[-1] for row in rows], dtype=object))
    return tuple(row[0](*row[1:-1], shape) for row, shape in zip(rows, shapes, strict=True))


def _houses(
    codes: tuple[str, str], compound: str, address: str, plot: settle.Settled
) -> list[tuple[Any, ...]]:
    if plot.row is None:
        return []
    row, flats = plot.row, plot.row.style.flats_per_floor
    each = plot.floors * row.units * flats
    ordered = sorted(row.footprints, key=lambda f: (-round(f.centroid.y / 12.0), f.centroid.x))
    return [
        (BuildingPlan, *codes, compound, f"{i}号楼", plot.use, f"{address}{compound}{i}号楼",
         plot.floors, row.units, flats, each, footprint)
        for i, footprint in enumerate(ordered, start=1)
    ]  # fmt: skip


def _layers(
    bones: streets.Skeleton,
    named: list[tuple[str, streets.Road]],
    lanes: list[Any],
    compounds: list[tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """Return roads, railway, water and green as rows for `LayerPlan`."""
    rows: list[tuple[Any, ...]] = []

    def add(kind: str, name: str, rank: int, width: float, shape: BaseGeometry) -> None:
        rows.append((LayerPlan, kind, name, rank, width, shape))

    bank = shapely.buffer(bones.river, streets.RIVER_HALF_M + streets.RIVER_PARK_M)
    add("green", "丹河湿地公园", 1, 0.0, shapely.intersection(bank, bones.outline))
    for name, park in zip(("西湖公园", "东山公园"), bones.parks, strict=True):
        add("green", name, 1, 0.0, park)
    for _, _, name, use, shape in compounds:
        if use == "park":
            add("green", name, 3, 0.0, shape)
    add("water", "丹河", 1, 0.0, bones.water)
    for name, road in named:
        add("road", name, road.rank, streets.WIDTH_M[road.rank], road.line)
    for lane in lanes:
        add("road", "", streets.LANE, streets.WIDTH_M[streets.LANE], lane)
    add("rail", "铁路", 1, 12.0, bones.rail)
    return rows


def _areas(grids: list[_Grid], countryside: list[tuple[str, Polygon]]) -> tuple[AreaPlan, ...]:
    """Return county, streets, communities, villages and grids, parents before children."""
    shapes = to_degrees(np.array([grid.shape for grid in grids], dtype=object))
    land: dict[str, list[Polygon]] = {}
    for code, piece in countryside:
        land.setdefault(code, []).append(to_degrees(piece))
    low, mid = [], []
    for division in of_kind("urban_community"):
        own = [i for i, grid in enumerate(grids) if grid.community is division]
        total = sum(grids[i].households for i in own)
        polygon = shapely.coverage_union_all(shapes[own])
        land.setdefault(division.parent_code, []).append(polygon)
        mid.append(_area("community", division, total, polygon, sketch=False))
        low += [
            AreaPlan("grid", g.code, g.name, division.code, g.households, shapes[i], sketch=False)
            for i, g in ((i, grids[i]) for i in own)
        ]
    mid += [_area("community", village, None, None, sketch=True) for village in of_kind("village")]
    return (*_upper(land, mid), *mid, *low)


def _earlier(before: list[tuple[BigGrid, Polygon]]) -> tuple[AreaPlan, ...]:
    """Return the communities and grids of before, parents before children."""
    shapes = to_degrees(np.array([shape for _, shape in before], dtype=object))
    low, mid = [], []
    for division in dict.fromkeys(big.community for big, _ in before):
        own = [i for i, (big, _) in enumerate(before) if big.community is division]
        polygon = shapely.coverage_union_all(shapes[own])
        mid.append(_area("community", division, 0, polygon, sketch=False))
        low += [
            AreaPlan("grid", big.code, big.name, division.code, 0, shapes[i], sketch=False)
            for i, big in ((i, before[i][0]) for i in own)
        ]
    return (*mid, *low)


def _upper(land: dict[str, list[Polygon]], communities: list[AreaPlan]) -> list[AreaPlan]:
    """Return the county and its streets and towns, dissolved from their parts."""
    streets_ = []
    for division in of_kind("street", "town"):
        own = [c.households or 0 for c in communities if c.parent_code == division.code]
        polygon = shapely.coverage_union_all(land[division.code])
        streets_.append(_area("street", division, sum(own) or None, polygon, sketch=True))
    whole = shapely.coverage_union_all([street.polygon for street in streets_])
    total = sum(street.households or 0 for street in streets_)
    county_ = next(d for d in of_kind("county") if d.code == COUNTY_CODE)
    return [_area("county", county_, total, whole, sketch=True), *streets_]


def _area(
    level: str, division: Division, households: int | None, polygon: Any, *, sketch: bool
) -> AreaPlan:
    return AreaPlan(
        level, division.code, division.name, division.parent_code, households, polygon, sketch
    )
