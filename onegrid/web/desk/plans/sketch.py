"""A plan as a small picture of lines, drawn by the server: for comparing and without a map."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

#: Width of the picture in its own units; lines are given to a tenth of one.
WIDTH = 1000.0
_TALLEST, _FLATTEST = 1400.0, 400.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A grid of the picture.

    Attributes:
        line: its border as the `d` of an SVG path.
        wrong: out of the band or in pieces.
    """

    number: int
    name: str
    line: str
    colour: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """A picture and what it is drawn of."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    today: str


def sketch(
    *, outlines: bytes, today: bytes = b"", colours: Mapping[int, int] | None = None
) -> Sketch | None:
    """Draw grids from GeoJSON in degrees; nothing when there is none.

    Args:
        outlines: the grids of a draft, as `queries.draft_outlines` gives them.
        today: the grids of today, drawn as lines above.
        colours: by number; without, all grids look alike.
    """
    drafted, present = _features(outlines), _features(today)
    points = [point for one in (*drafted, *present) for ring in _rings(one) for point in ring]
    if not points:
        return None
    frame = _Frame.around(points)
    shapes = tuple(_shape(one, frame, colours or {}) for one in drafted)
    line = " ".join(frame.line(ring) for one in present for ring in _rings(one))
    return Sketch(WIDTH, frame.height, shapes, line)


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    shrink: float
    scale: float
    height: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> _Frame:
        xs, ys = zip(*points, strict=True)
        shrink = cos(radians(sum(ys) / len(ys)))
        wide, high = (max(xs) - min(xs)) * shrink, max(ys) - min(ys)
        scale = min(WIDTH / max(wide, 1e-9), _TALLEST / max(high, 1e-9))
        height = min(_TALLEST, max(_FLATTEST, high * scale))
        west = min(xs) - (WIDTH / scale - wide) / 2 / shrink
        north = max(ys) + (height / scale - high) / 2
        return cls(west, north, shrink, scale, height)

    def line(self, ring: Iterable[Point]) -> str:
        """Return the closed line of a ring."""
        spots = (
            f"{(x - self.west) * self.shrink * self.scale:.1f} {(self.north - y) * self.scale:.1f}"
            for x, y in ring
        )
        return f"M{' L'.join(spots)}Z"


def _features(outlines: bytes) -> list[dict[str, Any]]:
    return list(json.loads(outlines)["features"]) if outlines else []


def _rings(feature: dict[str, Any]) -> Iterator[list[Point]]:
    shape = feature["geometry"] or {"type": "", "coordinates": []}
    many = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in many:
        for ring in polygon:
            yield [(point[0], point[1]) for point in ring]


def _shape(feature: dict[str, Any], frame: _Frame, colours: Mapping[int, int]) -> Shape:
    known = feature["properties"]
    return Shape(
        number=known["number"],
        name=known["name"],
        line=" ".join(frame.line(ring) for ring in _rings(feature)),
        colour=colours.get(known["number"], 0),
        wrong=not (known["within"] and known["connected"]),
    )
