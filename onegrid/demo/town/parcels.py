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


class NoSweep(ValueError):
    """Raised when blocks cannot be grouped by straight sweeps."""


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


def shared_borders(shapes: list[Polygon]) -> NDArray[np.float64]:
    """Return the (n, 2) pairs of shapes that share more than 30 m of border."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    keep = left < right
    left, right = left[keep], right[keep]
    array = np.array(shapes, dtype=object)
    border = shapely.length(shapely.intersection(array[left], array[right]))
    far = border > 30.0
    return np.column_stack([left[far], right[far]])


def _connected(members: set[int], neighbours: list[set[int]]) -> bool:
    seen, stack = set(), [next(iter(members))]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend((neighbours[node] & members) - seen)
    return len(seen) == len(members)


class Grouping:
    """Divide blocks into connected groups of about equal weight by repeated sweeps of a line."""

    def __init__(self, shapes: list[Polygon], weights: NDArray[np.float64]) -> None:
        self.xy = shapely.get_coordinates(shapely.centroid(shapes))
        self.weights = weights
        self.neighbours: list[set[int]] = [set() for _ in shapes]
        for a, b in shared_borders(shapes):
            self.neighbours[int(a)].add(int(b))
            self.neighbours[int(b)].add(int(a))

    def halve(
        self, members: list[int], share: float, angles: NDArray[np.float64]
    ) -> tuple[list[int], list[int]]:
        """Cut members in two connected parts, the first with about that share of the weight."""
        best: tuple[float, list[int], list[int]] | None = None
        index = np.array(members)
        for angle in angles:
            order = index[np.argsort(self.xy[index] @ [np.cos(angle), np.sin(angle)])]
            running = np.cumsum(self.weights[order])
            nearest = np.argsort(np.abs(running - running[-1] * share))[:3]
            for k in nearest:
                parts = (order[: k + 1].tolist(), order[k + 1 :].tolist())
                score = self._score(parts, running, int(k), share)
                if score is not None and (best is None or score < best[0]):
                    best = (score, *parts)
        if best is None:
            raise NoSweep("no sweep leaves both parts connected")
        return best[1], best[2]

    def _score(
        self, parts: tuple[list[int], list[int]], running: NDArray[np.float64], k: int, share: float
    ) -> float | None:
        """Rate a cut by its imbalance and the inertia of both parts; None when it is not one."""
        if not all(part and _connected(set(part), self.neighbours) for part in parts):
            return None
        total = running[-1]
        off = abs(running[k] / total - share) / min(share, 1 - share)
        inertia = sum(float(np.var(self.xy[part], axis=0).sum()) * len(part) for part in parts)
        whole = float(np.var(self.xy[parts[0] + parts[1]], axis=0).sum()) * (k + 2)
        return float(25.0 * off**2 + inertia / max(whole, 1.0))

    def into(self, members: list[int], count: int) -> list[list[int]]:
        """Divide members into `count` connected groups of about equal weight."""
        if count == 1:
            return [members]
        first = count // 2
        angles = np.linspace(0, 2 * np.pi, 37)[:-1]
        left, right = self.halve(members, first / count, angles)
        return self.into(left, first) + self.into(right, count - first)
