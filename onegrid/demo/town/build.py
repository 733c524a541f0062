"""Put the invented town together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from onegrid.demo.divisions import COUNTY_CODE, Division, of_kind
from onegrid.demo.town import county, parcels, settle, streets
from onegrid.demo.town.frame import to_degrees
from onegrid.demo.town.names import Names
from onegrid.demo.town.naming import addresses, community_names, road_names
from onegrid.demo.town.plan import AreaPlan, BuildingPlan, CompoundPlan, LayerPlan, Town

GRIDS = 234
_GRIDS_PER_BLOCK = 4
_COMMUNITY_GRIDS = range(6, 17)
_DRAWS = 12
_CITY_STREET, _NEW_STREET = "370725001000", "370725002000"
_SETBACK_M = 6.0
_PLOT_M2 = 21_000.0
_LEAST_OPEN_M2 = 31_000.0


@dataclass(frozen=True, slots=True)
class _Grid:
    """A grid while the town is being built; shapes in metres."""

    shape: Polygon
    code: str
    name: str
    community: Division
    plots: tuple[settle.Settled, ...]

    @property
    def households(self) -> int:
        return sum(plot.households for plot in self.plots)


def build_town(rng: Generator) -> Town:
    """Invent the town; the same generator state gives the same town.

    About one draw in ten does not work out (a corner without room for a grid, a community torn
    apart by the river); then the next draw of the same generator is taken.

    Returns:
        About 90,000 households in 22 communities and some 225 grids of 300 to 500 households each.

    Raises:
        settle.NoRoom: no draw worked out, which means that the rules were changed for the worse.
    """
    for _ in range(_DRAWS):
        try:
            return _draw(rng)
        except (settle.NoRoom, parcels.NoSweep):
            continue
    raise settle.NoRoom(f"no town in {_DRAWS} draws")


def _draw(rng: Generator) -> Town:
    """Try once to invent the town."""
    bones = streets.draw(rng)
    shapes, block_of, lanes = _cut_blocks(rng, bones)
    communities = _communities(shapes, block_of)
    order = _numbered(shapes, communities, block_of)
    borders, countryside = county.share_borders(
        [shapes[i] for i, _, _ in order], bones.outline, county.cells()
    )
    closed = _closed(bones, lanes)
    grids = []
    for shape, (_, community, number) in zip(borders, order, strict=True):
        plots = settle.settle(rng, _plots(rng, shape, closed), _far(shape))
        code, name = f"{community.code}{number:03d}", f"{community.name}第{number}网格"
        grids.append(_Grid(shape, code, name, community, tuple(plots)))
    return _town(rng, bones, grids, lanes, countryside)


def _far(shape: Polygon) -> float:
    centre = shape.centroid
    return float(min(1.0, np.hypot(centre.x / 2_300.0, centre.y / 2_000.0)))


def _cut_blocks(
    rng: Generator, bones: streets.Skeleton
) -> tuple[list[Polygon], list[int], list[Any]]:
    """Cut the blocks into grids, smaller in the middle, so that their number comes to `GRIDS`."""
    dry = shapely.difference(np.array(bones.blocks, dtype=object), _taken(bones))
    size = shapely.area(dry) / np.array([1.0 + 0.7 * _far(block) for block in bones.blocks])
    low, high = 10_000.0, 400_000.0
    for _ in range(40):
        unit = (low + high) / 2
        parts = np.maximum(1, np.round(size / unit)).astype(int)
        low, high = (unit, high) if parts.sum() > GRIDS else (low, unit)
    shapes: list[Polygon] = []
    owner: list[int] = []
    lanes: list[Any] = []
    for block, count in zip(bones.blocks, parts, strict=True):
        found, lines = parcels.split(rng, block, int(count))
        for part in _parts(found):
            owner += [owner[-1] + 1 if owner else 0] * len(part)
        shapes += found
        lanes += lines
    return _enough_room(shapes, owner, bones), owner, lanes


def _parts(found: list[Polygon]) -> list[list[Polygon]]:
    """Divide the grids of a large block, so that no part has more than `_GRIDS_PER_BLOCK`."""
    if len(found) <= _GRIDS_PER_BLOCK:
        return [found]
    half = len(found) // 2
    return _parts(found[:half]) + _parts(found[half:])


def _enough_room(shapes: list[Polygon], owner: list[int], bones: streets.Skeleton) -> list[Polygon]:
    """Merge (in place) parts that are mostly water, park or road into a neighbour."""
    taken = _taken(bones)
    while True:
        dry = shapely.area(shapely.difference(np.array(shapes, dtype=object), taken))
        i = int(np.argmin(dry))
        if dry[i] > _LEAST_OPEN_M2:
            return shapes
        border = shapely.length(shapely.intersection(shapes[i], np.array(shapes, dtype=object)))
        border[i] = 0.0
        same = border * (np.array(owner) == owner[i])
        border = same if same.max() > 0 else border
        best = int(np.argmax(border))
        shapes[best] = shapely.union(shapes[best], shapes[i])
        del shapes[i], owner[i]


def _not_for_homes(bones: streets.Skeleton) -> Any:
    bank = shapely.buffer(bones.river, streets.RIVER_HALF_M + streets.RIVER_PARK_M)
    return shapely.union_all([bank, *bones.parks])


def _taken(bones: streets.Skeleton) -> Any:
    roads = [shapely.buffer(r.line, streets.WIDTH_M[r.rank] / 2 + 3) for r in bones.roads]
    return shapely.union_all([_not_for_homes(bones), *roads])


def _closed(bones: streets.Skeleton, lanes: list[Any]) -> shapely.STRtree:
    """Index everything that keeps houses off: carriageways with pavements, water, parks."""
    shapes = [shapely.buffer(r.line, streets.WIDTH_M[r.rank] / 2 + 3) for r in bones.roads]
    shapes += [shapely.buffer(line, streets.WIDTH_M[streets.LANE] / 2 + 1) for line in lanes]
    return shapely.STRtree([*shapes, _not_for_homes(bones)])


def _plots(rng: Generator, grid: Polygon, closed: shapely.STRtree) -> list[settle.Plot]:
    """Divide the dry part of a grid into plots with their building room."""
    near = closed.geometries[closed.query(grid, predicate="intersects")]
    open_land = shapely.difference(grid, shapely.union_all(near))
    parts = [part for part in shapely.get_parts(open_land) if part.area > 3_000.0]
    plots = []
    for part in parts:
        count = int(np.clip(round(part.area / _PLOT_M2), 1, 5))
        for shape in parcels.split(rng, part, count)[0]:
            room = shapely.buffer(shape, -_SETBACK_M)
            plots.append(settle.Plot(shape, room, _row_angle(rng, shape)))
    return plots


def _row_angle(rng: Generator, shape: Polygon) -> float:
    """Turn rows with the plot, but so that they face about south."""
    angle = parcels.long_axis(shape) % (np.pi / 2)
    angle = angle - np.pi / 2 if angle > np.pi / 4 else angle
    return float(np.clip(angle, -0.5, 0.5) + rng.normal(0.0, 0.015))


def _communities(shapes: list[Polygon], block_of: list[int]) -> dict[int, Division]:
    """Give each block to one of the 22 communities; 4 of them form the new street in the north."""
    numbers, weights = np.unique(block_of, return_counts=True)
    blocks = [
        shapely.union_all([s for s, b in zip(shapes, block_of, strict=True) if b == number])
        for number in numbers
    ]
    grouping = parcels.Grouping(blocks, weights.astype(float))
    by_street = {
        street: [c for c in of_kind("urban_community") if c.parent_code == street]
        for street in (_NEW_STREET, _CITY_STREET)
    }
    share = len(by_street[_NEW_STREET]) / len(of_kind("urban_community"))
    northward = np.linspace(-0.58, -0.40, 9) * np.pi
    new, old = grouping.halve(list(range(len(blocks))), share, northward)
    found: dict[int, Division] = {}
    for street, members in ((_NEW_STREET, new), (_CITY_STREET, old)):
        groups = grouping.into(members, len(by_street[street]))
        centres = np.array([np.average(grouping.xy[g], axis=0) for g in groups])
        for group, division in zip(
            groups, community_names(centres, by_street[street]), strict=True
        ):
            found.update(dict.fromkeys((int(numbers[k]) for k in group), division))
    return found


def _numbered(
    shapes: list[Polygon], communities: dict[int, Division], block_of: list[int]
) -> list[tuple[int, Division, int]]:
    """Return (shape, community, number within it), numbered from north to south."""
    out = []
    for division in sorted(set(communities.values()), key=lambda d: d.code):
        own = [i for i, block in enumerate(block_of) if communities[block] is division]
        if len(own) not in _COMMUNITY_GRIDS:
            raise settle.NoRoom(f"{len(own)} grids are no community")
        own.sort(key=lambda i: (-round(shapes[i].centroid.y / 250.0), shapes[i].centroid.x))
        out += [(i, division, number) for number, i in enumerate(own, start=1)]
    return out


def _town(
    rng: Generator,
    bones: streets.Skeleton,
    grids: list[_Grid],
    lanes: list[Any],
    countryside: list[tuple[str, Polygon]],
) -> Town:
    """Name everything and turn metres into degrees."""
    names = Names(rng)
    named = road_names(bones.roads, names)
    compounds, buildings = [], []
    for grid in grids:
        addressed = addresses([plot.plot.shape for plot in grid.plots], named)
        for plot, address in zip(grid.plots, addressed, strict=True):
            name = names.compound(plot.use) if plot.households else names.public(plot.use)
            compounds.append((CompoundPlan, grid.code, name, plot.use, plot.plot.shape))
            buildings += _houses(grid.code, name, address, plot)
    return Town(
        areas=_areas(grids, countryside),
        compounds=_in_degrees(compounds),
        buildings=_in_degrees(buildings),
        layers=_in_degrees(_layers(bones, named, lanes, compounds)),
    )


def _in_degrees(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Make records of rows (class, values …, shape in metres), converting all shapes at once."""
    shapes = to_degrees(np.array([row[-1] for row in rows], dtype=object))
    return tuple(row[0](*row[1:-1], shape) for row, shape in zip(rows, shapes, strict=True))


def _houses(code: str, compound: str, address: str, plot: settle.Settled) -> list[tuple[Any, ...]]:
    if plot.row is None:
        return []
    row, flats = plot.row, plot.row.style.flats_per_floor
    each = plot.floors * row.units * flats
    ordered = sorted(row.footprints, key=lambda f: (-round(f.centroid.y / 12.0), f.centroid.x))
    return [
        (BuildingPlan, code, compound, f"{i}号楼", plot.use, f"{address}{compound}{i}号楼",
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
