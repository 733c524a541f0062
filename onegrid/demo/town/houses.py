"""Put buildings on a plot: footprints of several kinds in rows that follow the streets. Metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import Polygon


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of house.

    Attributes:
        floors: lowest usual, highest usual and utmost number of floors.
        pitch_m: distance of rows.
        gap_m: distance of ends in one row.
    """

    name: str
    outline: str
    floors: tuple[int, int, int]
    units: tuple[int, int]
    flats_per_floor: int
    unit_m: float
    depth_m: float
    pitch_m: float
    gap_m: float


HOMES = {
    style.name: style
    for style in (
        Style("lane_house", "slab", (3, 4, 6), (2, 3), 2, 12.0, 10.5, 25.0, 9.0),
        Style("walk_up", "slab", (5, 6, 8), (3, 5), 2, 14.5, 12.0, 31.0, 13.0),
        Style("mid_rise", "bay", (9, 11, 18), (2, 3), 2, 17.5, 14.5, 44.0, 18.0),
        Style("tower", "cross", (17, 24, 33), (1, 1), 4, 29.0, 25.0, 58.0, 27.0),
        Style("high_slab", "bay", (17, 22, 33), (2, 2), 2, 20.0, 15.5, 60.0, 24.0),
    )
}
PUBLIC = {
    "school": Style("school", "comb", (4, 5, 5), (1, 1), 0, 84.0, 52.0, 96.0, 40.0),
    "kindergarten": Style("kindergarten", "court", (3, 3, 3), (1, 1), 0, 46.0, 32.0, 70.0, 34.0),
    "market": Style("market", "slab", (2, 3, 3), (1, 1), 0, 62.0, 34.0, 54.0, 16.0),
    "office": Style("office", "court", (6, 12, 14), (1, 1), 0, 54.0, 34.0, 64.0, 30.0),
    "hospital": Style("hospital", "comb", (7, 12, 12), (1, 1), 0, 78.0, 50.0, 90.0, 40.0),
    "workshop": Style("workshop", "slab", (1, 2, 2), (1, 1), 0, 76.0, 36.0, 52.0, 18.0),
}
# Outlines in units of half length and half depth, counter-clockwise from the south-west corner.
_OUTLINES: dict[str, list[tuple[float, float]]] = {
    "slab": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "bay": [(-1, -1), (1, -1), (1, 0.7), (0.3, 0.7), (0.3, 1), (-0.3, 1), (-0.3, 0.7), (-1, 0.7)],
    "cross": [
        (-0.45, -1), (0.45, -1), (0.45, -0.55), (1, -0.55), (1, 0.35), (0.55, 0.35), (0.55, 1),
        (-0.55, 1), (-0.55, 0.35), (-1, 0.35), (-1, -0.55), (-0.45, -0.55),
    ],
    "court": [
        (-1, -1), (-0.5, -1), (-0.5, 0.3), (0.5, 0.3), (0.5, -1), (1, -1), (1, 1), (-1, 1),
    ],
    "comb": [
        (-1, -1), (1, -1), (1, -0.55), (-0.7, -0.55), (-0.7, -0.2), (1, -0.2), (1, 0.25),
        (-0.7, 0.25), (-0.7, 0.6), (1, 0.6), (1, 1), (-1, 1),
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """The houses found room for on one plot."""

    style: Style
    units: int
    footprints: tuple[Polygon, ...]

    def households(self, floors: int) -> int:
        """Return the households of all houses with so many floors."""
        return len(self.footprints) * self.units * self.style.flats_per_floor * floors


def _centres(
    rng: Generator, box: NDArray[np.float64], style: Style, length: float
) -> NDArray[np.float64]:
    """Return a staggered pattern of centres over a box."""
    west, south, east, north = box
    step = length + style.gap_m
    ys = np.arange(south + style.depth_m / 2 + 1.0, north, style.pitch_m)
    xs = np.arange(west - step, east + step, step)
    x, y = np.meshgrid(xs, ys)
    stagger = np.where(np.arange(len(ys)) % 2 == 0, 0.0, step * rng.choice([0.0, 0.5]))
    x = x + stagger[:, None] + rng.uniform(0, step)
    return np.column_stack([x.ravel(), y.ravel()])


def place(rng: Generator, room: Any, angle: float, style: Style) -> Row:
    """Fill the free room of a plot with houses of one style, rows turned by `angle` radians.

    A court in the middle of a large plot stays free for green.
    """
    units = int(rng.integers(style.units[0], style.units[1] + 1))
    length = style.unit_m * units
    if room.is_empty:
        return Row(style, units, ())
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    level = shapely.transform(room, lambda xy: xy @ turn.T)
    centres = _centres(rng, shapely.bounds(level), style, length)
    half = np.array([length / 2, style.depth_m / 2])
    rings = centres[:, None, :] + np.array(_OUTLINES[style.outline])[None, :, :] * half
    houses = shapely.polygons(rings)
    shapely.prepare(level)
    fits = shapely.contains_properly(level, houses) & _off_court(level, centres, style)
    standing = shapely.transform(houses[fits], lambda xy: xy @ turn)
    return Row(style, units, tuple(standing))


def _off_court(level: Any, centres: NDArray[np.float64], style: Style) -> NDArray[np.bool_]:
    if level.area < 13_000 or style.flats_per_floor == 0:
        return np.ones(len(centres), dtype=bool)
    middle = shapely.get_coordinates(shapely.centroid(level))[0]
    return np.asarray(np.hypot(*(centres - middle).T) > 24.0)
