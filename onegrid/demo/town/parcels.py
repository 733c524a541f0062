"""Cut blocks into grids and grids into plots. Metres throughout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Polygon

_FAR = 10_000.0
_HALVINGS = 13
_TURNS = np.array([0, 8, -8, 16, -16, 90, 30, -30, 45, -45, 60, -60, 75, -75])


@dataclass(frozen=True, slots=True)
class Cut:
    """A shape divided by a straight line."""

    left: Polygon
    right: Polygon
    line: Any


def _half_plane(normal: NDArray[np.float64], offset: float) -> Polygon:
    """Return the side of a line on which the points' projection is below the offset."""
    along = np.array([-normal[1], normal[0]]) * _FAR
    edge = normal * offset
    back = edge - normal * _FAR
    return Polygon([edge - along, edge + along, back + along, back - along])


def _whole(shape: Any) -> bool:
    return isinstance(shape, Polygon) and not shape.is_empty


def cut_at(shape: Polygon, angle: float, share: float) -> Cut | None:
    """Cut a shape by a line with a given normal so that one part has the given share of the area.

    Returns:
        None when a part would fall to pieces.
    """
    normal = np.array([np.cos(angle), np.sin(angle)])
    reach = shapely.get_coordinates(shape) @ normal
    low, high = float(reach.min()), float(reach.max())
    wanted = shape.area * share
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if shapely.intersection(shape, _half_plane(normal, middle)).area < wanted:
            low = middle
        else:
            high = middle
    plane = _half_plane(normal, (low + high) / 2.0)
    left, right = shapely.intersection(shape, plane), shapely.difference(shape, plane)
    if not (_whole(left) and _whole(right)):
        return None
    return Cut(left, right, shapely.intersection(shapely.boundary(left), shapely.boundary(right)))


def long_axis(shape: Polygon) -> float:
    """Return the angle of the longer side of the smallest box around a shape, in radians."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    sides = np.diff(corners[:3], axis=0)
    longer = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return float(np.arctan2(longer[1], longer[0]))


def split(rng: Generator, shape: Polygon, parts: int) -> tuple[list[Polygon], list[LineString]]:
    """Cut a shape into about equal parts across its long side, again and again.

    Returns:
        The parts (fewer when a shape cannot be cut cleanly) and the lines of the cuts.
    """
    if parts < 2:
        return [shape], []
    first = parts // 2
    base = long_axis(shape)
    for turn in _TURNS * np.pi / 180.0:
        cut = cut_at(shape, base + turn + rng.normal(0.0, 0.03), first / parts)
        if cut is not None:
            left, left_lines = split(rng, cut.left, first)
            right, right_lines = split(rng, cut.right, parts - first)
            return left + right, [cut.line, *left_lines, *right_lines]
    return [shape], []
