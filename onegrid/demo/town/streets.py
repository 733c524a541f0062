"""Outline, river, lake, hill and roads of the town, and the blocks between them; in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import linemerge

MAIN, SECONDARY, LANE = 1, 2, 3
WIDTH_M = {MAIN: 34.0, SECONDARY: 20.0, LANE: 9.0}
RIVER_HALF_M, RIVER_PARK_M = 26.0, 42.0
STEP_M = 45.0
_REACH = 2_900.0
_SMALL_BLOCK_M2 = 45_000.0


@dataclass(frozen=True, slots=True)
class Road:
    """A road as drawn; `axis` is "x" when it runs east-west, which decides 街 or 路."""

    axis: str
    rank: int
    line: Any


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The bones of the town."""

    outline: Polygon
    river: LineString
    water: Any
    parks: tuple[Polygon, ...]
    roads: tuple[Road, ...]
    rail: LineString
    blocks: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class _Warp:
    """A smooth bend of the plane: it turns a drawn lattice into streets that grew."""

    waves: NDArray[np.float64]

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        phase = xy @ self.waves[:, :2].T + self.waves[:, 2]
        return xy + np.sin(phase) @ self.waves[:, 3:]


def _warp(rng: Generator) -> _Warp:
    count = 5
    angle = rng.uniform(0, 2 * np.pi, count)
    number = 2 * np.pi / rng.uniform(2_300, 5_200, count)
    push = rng.uniform(0, 2 * np.pi, count)
    size = rng.uniform(55, 125, count)
    columns = [
        number * np.cos(angle),
        number * np.sin(angle),
        rng.uniform(0, 2 * np.pi, count),
        size * np.cos(push),
        size * np.sin(push),
    ]
    return _Warp(np.column_stack(columns))


def _blob(
    rng: Generator, centre: tuple[float, float], radii: tuple[float, float], rough: float
) -> Polygon:
    """Draw a closed smooth shape around a centre."""
    theta = np.linspace(0, 2 * np.pi, 97)[:-1]
    radius = np.ones_like(theta)
    for k, weight in ((2, 0.5), (3, 1.0), (4, 0.7), (5, 0.5)):
        radius += rough * weight * np.sin(k * theta + rng.uniform(0, 2 * np.pi))
    x = centre[0] + radii[0] * radius * np.cos(theta)
    y = centre[1] + radii[1] * radius * np.sin(theta)
    return Polygon(np.column_stack([x, y]))


def _river(rng: Generator) -> LineString:
    """Draw the river from south to north, meandering through the western half."""
    y = np.arange(-_REACH - 400, _REACH + 401, STEP_M)
    a, b = rng.uniform(0, 2 * np.pi, 2)
    x = -620 + 0.09 * y + 190 * np.sin(y / 780 + a) + 80 * np.sin(y / 390 + b)
    return LineString(np.column_stack([x, y]))


def _offsets(rng: Generator) -> NDArray[np.float64]:
    """Return where lattice lines lie: closer in the middle, wider outside."""
    steps = rng.normal(1.0, 0.11, 26)
    raw = np.cumsum(np.clip(steps, 0.78, 1.25))
    raw -= raw[len(raw) // 2]
    return np.asarray(raw * (345.0 + 9.0 * np.abs(raw)))


def _lattice(rng: Generator, warp: _Warp) -> list[Road]:
    """Draw both families of lattice lines; every second or third line is a main road."""
    along = np.arange(-_REACH - 400, _REACH + 401, STEP_M)
    roads = []
    for axis in ("x", "y"):
        offsets = _offsets(rng)
        main = rng.integers(0, 2)
        for i, offset in enumerate(offsets):
            if abs(offset) > _REACH:
                continue
            across = np.full_like(along, offset)
            xy = np.column_stack([along, across] if axis == "x" else [across, along])
            rank = MAIN if (i + main) % 2 == 0 else SECONDARY
            roads.append(Road(axis, rank, LineString(warp(xy))))
    return roads


def _broken(rng: Generator, roads: list[Road], outline: Polygon, keep_off: Any) -> list[Road]:
    """Clip roads to the town, keep them off parks, and drop some pieces of secondary ones."""
    crossings = shapely.unary_union([road.line for road in roads])
    pieces = np.array(shapely.get_parts(crossings))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    out = []
    for road in roads:
        own = pieces[shapely.dwithin(middles, road.line, 0.5)]
        if road.rank == SECONDARY:
            own = own[rng.random(len(own)) > 0.09]
        line = shapely.intersection(shapely.union_all(own), outline)
        line = shapely.difference(line, keep_off)
        line = linemerge(line) if isinstance(line, MultiLineString) else line
        if line.length > 150:
            out.append(Road(road.axis, road.rank, line))
    return out


def _blocks(outline: Polygon, parks: list[Polygon], lines: list[Any]) -> list[Polygon]:
    """Cut the outline along all lines and merge slivers into their neighbours."""
    parts = [outline.exterior, *(park.exterior for park in parks)]
    parts += [shapely.intersection(line, outline) for line in lines]
    noded = shapely.unary_union(shapely.set_precision(np.array(parts, dtype=object), 0.01))
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    faces = [face for face in faces if outline.contains(face.representative_point())]
    return merge_small(faces, _SMALL_BLOCK_M2)


def merge_small(faces: list[Polygon], limit_m2: float) -> list[Polygon]:
    """Merge each face below a size into the neighbour with the longest common border."""
    faces = list(faces)
    while len(faces) > 1:
        areas = shapely.area(faces)
        small = int(np.argmin(areas))
        if areas[small] >= limit_m2:
            break
        face = faces.pop(small)
        shared = shapely.length(shapely.intersection(face, np.array(faces, dtype=object)))
        best = int(np.argmax(shared))
        faces[best] = _largest(shapely.union(faces[best], face))
    return faces


def _largest(shape: Any) -> Polygon:
    parts = shapely.get_parts(shape)
    return parts[int(np.argmax(shapely.area(parts)))]


def _rail(rng: Generator, outline: Polygon) -> LineString:
    """Draw the railway just south of the town."""
    x = np.arange(-9_000.0, 9_001.0, 150.0)
    south = outline.bounds[1] - 110.0
    bend = 260.0 * (1 - np.cos(x / 2_900.0)) * rng.uniform(0.6, 1.1)
    return LineString(np.column_stack([x, south - bend]))


def draw(rng: Generator) -> Skeleton:
    """Draw the bones of a town, about 4.7 by 4.1 km."""
    warp = _warp(rng)
    outline = _blob(rng, (0.0, 0.0), (2_420.0, 2_080.0), 0.035)
    river = _river(rng)
    lake = _blob(rng, (-1_560.0, 260.0), (300.0, 215.0), 0.07)
    hill = _blob(rng, (1_640.0, 180.0), (235.0, 300.0), 0.08)
    lake_park = shapely.buffer(lake, 65.0)
    keep_off = shapely.union_all([lake_park, hill])
    roads = _broken(rng, _lattice(rng, warp), outline, keep_off)
    ring = Road("ring", MAIN, LineString(outline.exterior.coords))
    blocks = _blocks(outline, [lake_park, hill], [*(road.line for road in roads), river])
    bed = shapely.union(shapely.buffer(river, RIVER_HALF_M), lake)
    drawn = [_bridged(road, river) for road in roads]
    banks = [
        Road("bank", SECONDARY, shapely.intersection(line, outline))
        for line in (
            river.offset_curve(RIVER_HALF_M + RIVER_PARK_M),
            river.offset_curve(-RIVER_HALF_M - RIVER_PARK_M),
        )
    ]
    return Skeleton(
        outline=outline,
        river=river,
        water=bed,
        parks=(lake_park, hill),
        roads=(*drawn, ring, *banks),
        rail=_rail(rng, outline),
        blocks=tuple(blocks),
    )


def _bridged(road: Road, river: LineString) -> Road:
    """End secondary roads at the river's bank road; only main roads have bridges."""
    if road.rank == MAIN:
        return road
    gap = shapely.buffer(river, RIVER_HALF_M + RIVER_PARK_M)
    return Road(road.axis, road.rank, shapely.difference(road.line, gap))
